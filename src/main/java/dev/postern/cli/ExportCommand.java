package dev.postern.cli;

import dev.postern.cli.export.ServerKind;
import dev.postern.config.ListenAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern export}: our certificates and rules, for the server that stands already. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Write what another server needs to let in whom the gateway would.",
      "That is configuration, CA certificates, CRLs, the server's certificate and its key (not encrypted: such servers start without anybody to ask).",
      "Groups become the users that are in them now: after a change, export again, or --watch."
    },
    footer = {
      "",
      "Example:  postern export nginx --listen :443 --out /etc/nginx/postern",
      "It shall stay so, as a service beside that server:",
      "          postern export apache --out /etc/apache2/postern --watch --exec \"apachectl graceful\""
    })
final class ExportCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(
      index = "0",
      paramLabel = "SERVER",
      description = "${COMPLETION-CANDIDATES}.",
      completionCandidates = Words.class)
  private String server = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder for the files (default: ./export-SERVER); made if need be.")
  private @Nullable Path out;

  @Option(names = "--site", paramLabel = "HOST", description = "This site only (default: all).")
  private @Nullable String site;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "Where that server listens, as :443 (default: listen.https of the file).")
  private @Nullable String listen;

  @Option(
      names = "--ocsp",
      description = "Have the server ask our OCSP responder, too: Apache and nginx can.")
  private boolean ocsp;

  @Option(
      names = "--watch",
      description =
          "Stay, and write anew what changes: revocations, users, groups, rules, certificates that grow old.")
  private boolean watch;

  @Option(
      names = "--exec",
      paramLabel = "COMMAND",
      description = "With --watch: what makes the server read its files; run after a change.")
  private @Nullable String command;

  @Option(
      names = "--every",
      paramLabel = "SPAN",
      description =
          "With --watch: how often to look when nothing was heard (default: ${DEFAULT-VALUE}).")
  private String every = "30s";

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The servers, for the Tab key. */
  static final class Words implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return java.util.Arrays.stream(ServerKind.values()).map(ServerKind::word).iterator();
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerKind kind = kind();
    if (ocsp && !kind.asksOcsp()) {
      throw CommandFailure.usage("--ocsp: " + kind.label() + " cannot ask about clients");
    }
    if (command != null && !watch) {
      throw CommandFailure.usage("--exec goes with --watch");
    }
    Duration span = Durations.parse("--every", every);
    if (span.compareTo(SHORTEST) < 0 || span.compareTo(LONGEST) > 0) {
      throw CommandFailure.usage("--every: from 1s to 1h");
    }
    Path folder = out == null ? Path.of("export-" + kind.word()) : out;
    try (var workspace = Workspace.open(where, terminal)) {
      var files =
          new ExportFiles(workspace, kind, folder, Optional.ofNullable(site), address(), ocsp);
      ExportFiles.Outputs outputs = files.now();
      make(folder);
      List<String> changed = files.write(outputs);
      say(kind, folder, outputs, changed);
      if (watch) {
        new ExportWatch(workspace, files, Optional.ofNullable(command), span, terminal)
            .untilStopped(!changed.isEmpty());
      }
    }
    return 0;
  }

  private ServerKind kind() {
    for (ServerKind kind : ServerKind.values()) {
      if (kind.word().equals(server)) {
        return kind;
      }
    }
    throw CommandFailure.usage(
        "export is for " + String.join(", ", new Words()) + ", not " + server);
  }

  private Optional<ListenAddress> address() {
    try {
      return Optional.ofNullable(listen).map(ListenAddress::parse);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--listen: " + e.getMessage());
    }
  }

  private static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw OutputFile.failure(folder, e);
    }
  }

  private void say(
      ServerKind kind, Path folder, ExportFiles.Outputs outputs, List<String> changed) {
    for (ExportFiles.Output each : outputs.files()) {
      String secret =
          each.audience() == OutputFile.Audience.OWNER ? "  private key, NOT encrypted" : "";
      String state = changed.contains(each.name()) ? "Wrote      " : "Unchanged  ";
      terminal.print(state + folder.resolve(each.name()) + secret);
    }
    terminal.print("");
    terminal.print(
        "The first lines of "
            + folder.resolve(outputs.main())
            + " say how "
            + kind.label()
            + " takes it in.");
    if (!changed.isEmpty()) {
      terminal.printMarked("@|bold In force after:|@  " + kind.reload());
    }
    terminal.print(
        "Good until "
            + outputs.until()
            + ": before that, and after each revocation, export and reload again"
            + (watch ? "" : " (--watch --exec does both)")
            + ".");
    outputs.remarks().forEach(remark -> terminal.remark("postern: note: " + remark));
  }
}
