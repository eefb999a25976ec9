package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.config.PagesConfig;
import dev.postern.console.Views;
import dev.postern.enrol.InvitationDesk;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.web.QrCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern invite}: a link with which a person makes a certificate on their own device. */
@Command(
    name = "invite",
    mixinStandardHelpOptions = true,
    description = {
      "Make a link with which a user gets a certificate for one device.",
      "The private key is made in the browser that opens it. Good once; postern invitation lists and withdraws them."
    },
    footer = {
      "",
      "Example:  postern invite alice",
      "          postern invite alice --device \"work laptop\" --expires 3d",
      "          postern invite --all-of group:staff --out links.csv --expires 3d"
    })
final class InviteCommand implements Callable<Integer> {
  static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** So many names on one line. */
  private static final int SHOWN = 10;

  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "USER",
      description = "Who is invited; postern user list shows them.")
  private @Nullable String name;

  @Option(
      names = "--all-of",
      paramLabel = "WHO",
      description = "Instead: users (every enabled one) or group:NAME; a link for each.")
  private @Nullable String allOf;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "With --all-of: the CSV file of the links, for a mail merge (user, display_name, email,"
              + " link, expires).")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Option(
      names = "--again",
      description =
          "With --all-of: also those who have an open invitation, which stays good (default: they"
              + " are skipped).")
  private boolean again;

  @Option(
      names = "--device",
      paramLabel = "TEXT",
      description = "What the device is called (default: the person says).")
  private @Nullable String device;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "How long the link is good: 2h, 3d, at most 30d (default: pages.invitation).")
  private @Nullable String expires;

  @Option(names = "--qr", description = "Draw a QR code (default: on a terminal).")
  private boolean qr;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  InviteCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if ((name == null) == (allOf == null)) {
      throw CommandFailure.usage("name one USER, or many with --all-of");
    }
    if (allOf == null && (out != null || again)) {
      throw CommandFailure.usage("--out and --again go with --all-of");
    }
    if (allOf != null && (device != null || qr)) {
      throw CommandFailure.usage("--device and --qr are about one USER, not --all-of");
    }
    if (allOf != null && out == null && !json) {
      throw CommandFailure.usage("--all-of needs --out FILE for the links, or --json");
    }
    try (var workspace = Workspace.open(where, terminal)) {
      if (allOf != null) {
        many(workspace, allOf);
      } else if (name != null) {
        one(workspace, name);
      }
    }
    return 0;
  }

  private void one(Workspace workspace, String invitee) {
    PagesConfig pages = workspace.config().pages();
    User user = new Issuing(terminal, workspace).enabledUser(invitee);
    var invited =
        switch (desk(workspace)
            .invite(user, Optional.ofNullable(device), validity(pages), workspace.requester())) {
          case InvitationDesk.Outcome.Refused(String reason) ->
              throw CommandFailure.refused(reason);
          case InvitationDesk.Outcome.Invited done -> done;
        };
    if (json) {
      terminal.print(Json.write(json(invited, workspace.now())));
    } else {
      say(user, invited);
    }
  }

  private void many(Workspace workspace, String who) {
    Duration validity = validity(workspace.config().pages());
    Invitees invitees = Invitees.of(workspace, who);
    var open = again ? Invitations.Open.INVITE_AGAIN : Invitations.Open.SKIP;
    Optional<OutputFile> file =
        Optional.ofNullable(out)
            .map(path -> OutputFile.reserve(path, OutputFile.Audience.OWNER, force));
    List<InvitationDesk.Outcome.Invited> invited;
    try (var progress = terminal.progress("Inviting", invitees.size())) {
      invited = invitees.invite(validity, open, file, progress);
    } finally {
      file.ifPresent(OutputFile::close);
    }
    List<String> skipped = invitees.skipped(invited);
    if (json) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("invited", invited.stream().map(each -> json(each, workspace.now())).toList());
      map.put("skipped", skipped);
      terminal.print(Json.write(map));
      return;
    }
    if (!skipped.isEmpty()) {
      terminal.print(
          "Skipped:  "
              + skipped.size()
              + " with an open invitation (--again makes another): "
              + skipped.stream().limit(SHOWN).collect(Collectors.joining(", "))
              + (skipped.size() > SHOWN ? " …" : ""));
    }
    if (invited.isEmpty()) {
      terminal.print("Nobody was invited, and no file written.");
    } else {
      terminal.print(
          "Invited:  "
              + invited.size()
              + ", until "
              + MOMENT.format(invited.getFirst().invitation().expiresAt()));
      terminal.print("Links:    " + out);
      terminal.remark(
          "Whoever opens a link first gets the certificate: keep the file to yourself.");
    }
  }

  private void say(User user, InvitationDesk.Outcome.Invited invited) {
    Invitation invitation = invited.invitation();
    terminal.print(
        user.displayName()
            + " makes a certificate"
            + invitation.device().map(text -> " for " + text).orElse("")
            + " here, once, until "
            + MOMENT.format(invitation.expiresAt())
            + ":");
    terminal.print("");
    terminal.printMarked("  @|bold " + invited.link() + "|@");
    terminal.print("");
    if (qr || terminal.ansi() == Ansi.ON) {
      QrCode.of(invited.link()).lines().forEach(line -> terminal.print("  " + line));
      terminal.print("");
    }
    terminal.remark(
        "Whoever makes a certificate with it first has it: send it in a way that reaches only them.");
    terminal.remark("To take it back: postern invitation withdraw " + invitation.id());
  }

  private Duration validity(PagesConfig pages) {
    if (expires == null) {
      return pages.invitation();
    }
    Duration wanted = Durations.parse("--expires", expires);
    if (wanted.compareTo(Invitations.LONGEST) > 0) {
      throw CommandFailure.usage("--expires is at most 30d, not " + expires);
    }
    return wanted;
  }

  static InvitationDesk desk(Workspace workspace) {
    return workspace
        .invitationDesk(workspace.config().pages())
        .orElseThrow(() ->
            CommandFailure.refused(
                workspace.configFile()
                    + " says pages.enrol: off, so there is no page to invite to"));
  }

  private static Map<String, Object> json(InvitationDesk.Outcome.Invited invited, Instant now) {
    Map<String, Object> map = Views.json(invited.invitation(), now);
    map.put("link", invited.link());
    return map;
  }
}
