package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.config.PagesConfig;
import dev.postern.enrol.InvitationDesk;
import dev.postern.ledger.Invitation;
import dev.postern.web.QrCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "Make a link with which a user gets a certificate for one device. The private key is made in",
      "the browser that opens it. Good once; postern invitation lists and withdraws them."
    },
    footer = {
      "",
      "Example:  postern invite alice",
      "          postern invite alice --device \"work laptop\" --expires 3d"
    })
final class InviteCommand implements Callable<Integer> {
  static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final Duration LONGEST = Duration.ofDays(30);

  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(paramLabel = "USER", description = "Who is invited; postern user list shows them.")
  private String name = "";

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
    try (var workspace = Workspace.open(where, terminal)) {
      PagesConfig pages = workspace.config().pages();
      User user = new Issuing(terminal, workspace).enabledUser(name);
      var invited =
          switch (desk(workspace)
              .invite(user, Optional.ofNullable(device), validity(pages), workspace.requester())) {
            case InvitationDesk.Outcome.Refused(String reason) ->
                throw CommandFailure.refused(reason);
            case InvitationDesk.Outcome.Invited done -> done;
          };
      if (json) {
        Map<String, Object> map = json(invited.invitation(), workspace.now());
        map.put("link", invited.link());
        terminal.print(Json.write(map));
      } else {
        say(user, invited);
      }
    }
    return 0;
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
        "Whoever opens it first gets the certificate: send it in a way that reaches only them.");
    terminal.remark("To take it back: postern invitation withdraw " + invitation.id());
  }

  private Duration validity(PagesConfig pages) {
    if (expires == null) {
      return pages.invitation();
    }
    Duration wanted = Durations.parse("--expires", expires);
    if (wanted.compareTo(LONGEST) > 0) {
      throw CommandFailure.usage("--expires is at most 30d, not " + expires);
    }
    return wanted;
  }

  static InvitationDesk desk(Workspace workspace) {
    PagesConfig pages = workspace.config().pages();
    String host =
        pages
            .enrol()
            .orElseThrow(() ->
                CommandFailure.refused(
                    workspace.configFile()
                        + " says pages.enrol: off, so there is no page to invite to"));
    return new InvitationDesk(workspace.ledger().invitations(), pages.address(host));
  }

  static Map<String, Object> json(Invitation invitation, Instant now) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", invitation.id());
    map.put("user", invitation.user());
    map.put("device", invitation.device().orElse(null));
    map.put("state", invitation.word(now));
    map.put("createdAt", invitation.createdAt().toString());
    map.put("expiresAt", invitation.expiresAt().toString());
    map.put("requester", invitation.requester().name());
    if (invitation.state() instanceof Invitation.State.Used(var serial, Instant at, String from)) {
      map.put("serial", serial.hex());
      map.put("usedAt", at.toString());
      map.put("usedFrom", from);
    }
    return map;
  }
}
