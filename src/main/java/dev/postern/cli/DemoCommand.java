package dev.postern.cli;

import dev.postern.gateway.SampleApp;
import dev.postern.keys.Passphrase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code postern demo}: a CA, two people, an application and the gateway before it, to try at once.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Try it: makes a CA, four users and a sample app, and starts the gateway on https://localhost:8443.",
    footer = {
      "",
      "Example:  postern demo",
      "          postern demo --port 9443 --dir /tmp/postern-demo"
    })
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where the gateway listens (default: ${DEFAULT-VALUE}).")
  private int port = 8443;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Everything it makes is in here (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("postern-demo");

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65535) {
      throw CommandFailure.usage("--port is 0 to 65535, not " + port);
    }
    int actualPort = freePort();
    var world = new DemoWorld(folder);
    terminal.print("Postern demo. Everything it makes is in " + folder + "/");
    try (var app = SampleApp.start()) {
      if (!world.prepare(actualPort, app.port())) {
        terminal.print(
            "It goes on where it ended last time: who was revoked then still is. Remove "
                + folder
                + "/ to start afresh.");
      }
      terminal.print("");
      try (var workspace =
              Workspace.open(
                  world.config(), Passphrase.of(DemoWorld.PASSWORD.toCharArray()), terminal);
          var serving = Serving.start(workspace, terminal)) {
        tell(actualPort, world.invite(workspace));
        serving.untilStopped();
      }
    }
    return 0;
  }

  /**
   * Looked at first: a second demo in this folder would write over the first one's configuration,
   * and only then fail. Port 0 becomes one that is free, since links have to name it.
   */
  private int freePort() {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      String reason =
          String.valueOf(e.getMessage()).contains("denied")
              ? "ports below 1024 need root"
              : "another program listens there already";
      throw CommandFailure.fault(
          "cannot listen on localhost:" + port + ": " + reason + "; --port names another");
    }
  }

  private void tell(int actualPort, String invitation) {
    terminal.print("  CA         root.pem           what programs must trust");
    terminal.print(
        "  alice      alice.p12          in group staff; password: " + DemoWorld.PASSWORD);
    terminal.print("  bob        bob.p12            in no group");
    terminal.print("  carol      carol.p12          in group staff, and about to lose her laptop");
    terminal.print("  admin      admin.p12          in groups admins and postern-admins");
    terminal.print(
        "  Rules      postern.yaml       /health: anyone, /admin/**: admins, the rest: staff");
    terminal.print(
        "  Gateway    https://localhost:"
            + actualPort
            + "   before a sample app that shows who you are");
    terminal.print("");
    terminal.printMarked(
        "@|bold Paste these into another terminal, in this folder|@ (behind → : words of what they print)");
    terminal.print("");
    for (Try each : tries(actualPort)) {
      terminal.print("  # " + each.title());
      terminal.printMarked("  @|green " + each.command() + "|@");
      terminal.print("  → " + each.expected());
      terminal.print("");
    }
    terminal.printMarked(
        "@|bold In a browser|@ (trust "
            + folder
            + "/root.pem as an authority for web sites, or go past the warning)");
    terminal.print("");
    terminal.print(
        "  # Alice gets a certificate for this device, signs in with it, looks after it");
    terminal.printMarked("  @|green " + invitation + "|@");
    terminal.print("");
    terminal.print(
        "  # The administrator's console; first import "
            + folder
            + "/admin.p12, password "
            + DemoWorld.PASSWORD);
    terminal.printMarked("  @|green https://admin.localhost:" + actualPort + "/|@");
    terminal.print("");
    terminal.print(
        "Change rules in " + folder + "/postern.yaml and save: they hold within a second or two.");
    terminal.print("What happened is in " + folder + "/access.log. Ctrl-C ends the demo.");
  }

  /** A line to paste, and the words in what it prints. */
  record Try(String title, String command, String expected) {}

  private List<Try> tries(int actualPort) {
    return List.of(
        new Try(
            "Alice is let in, and the app learns who she is",
            curl("alice", "/", actualPort),
            "Hello, alice. You are in."),
        new Try(
            "Nobody gets in without a certificate",
            curl("", "/", actualPort),
            "You need a certificate to enter here, and none was shown."),
        new Try(
            "Bob is known, but not in group staff",
            curl("bob", "/", actualPort),
            "You are signed in, but not permitted to enter here."),
        new Try(
            "Alice is no admin",
            curl("alice", "/admin/", actualPort),
            "You are signed in, but not permitted to enter here."),
        new Try("The admin is", curl("admin", "/admin/", actualPort), "Hello, admin. You are in."),
        new Try(
            "An expired certificate opens nothing",
            curl("alice-expired", "/", actualPort),
            "Your certificate has run out."),
        new Try(
            "Carol's laptop is lost: revoke its certificate",
            launcher() + " revoke carol --config " + folder + "/postern.yaml",
            "Revoked"),
        new Try(
            "… and from the next request on it opens nothing",
            curl("carol", "/", actualPort),
            "Your certificate has been revoked."));
  }

  /** As it can be typed where the demo was started. */
  private static String launcher() {
    Path home = Path.of(System.getProperty("postern.home", ".")).toAbsolutePath().normalize();
    return home.equals(Path.of("").toAbsolutePath()) ? "./postern" : home + "/postern";
  }

  private String curl(String who, String path, int actualPort) {
    String certificate =
        who.isEmpty()
            ? ""
            : " --cert-type P12 --cert " + folder + "/" + who + ".p12:" + DemoWorld.PASSWORD;
    return "curl --cacert "
        + folder
        + "/root.pem"
        + certificate
        + " https://localhost:"
        + actualPort
        + path;
  }
}
