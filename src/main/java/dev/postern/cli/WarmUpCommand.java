package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Issuance;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.enrol.UserOrder;
import dev.postern.gateway.SampleApp;
import dev.postern.gateway.SampleVisitors;
import dev.postern.gateway.SampleVisitors.Speech;
import dev.postern.gateway.SampleVisitors.Visitor;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.keys.TlsIdentity;
import dev.postern.ledger.CertificateQuery;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/**
 * {@code postern warm-up}: does for a moment what Postern does all day, in a folder that goes away.
 * The launcher runs it under {@code -XX:AOTCacheOutput}, and every later start has the classes that
 * it loaded, linked (decision 0018).
 */
@Command(name = "warm-up", hidden = true, description = "What the launcher makes its AOT cache of.")
final class WarmUpCommand implements Callable<Integer> {
  /** So many first contacts: paths that are checked, signatures that are verified. */
  private static final int CERTIFICATES = 64;

  /** A slow machine learns less. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Requester SELF = new Requester("warm-up");
  private static final Terminal NOWHERE = nowhere();

  private final SecureRandom random = new SecureRandom();

  @Option(
      names = "--visits",
      paramLabel = "N",
      description = "How many visitors come (default: ${DEFAULT-VALUE}).")
  private int visits = 400;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder =
        Files.createTempDirectory("postern-warm-up" + ProcessHandle.current().pid() + "-");
    try (var app = SampleApp.start()) {
      var world = new DemoWorld(folder);
      world.prepare(0, app.port());
      publishing(world.config());
      Path passphrase = Files.writeString(folder.resolve("passphrase"), DemoWorld.PASSWORD);
      commands(world, passphrase);
      return served(world) > 0 ? 0 : CommandFailure.Exit.FAULT.code;
    } finally {
      delete(folder);
    }
  }

  /** What most installations have, and the demo has not: the port for CRL and OCSP. */
  private static void publishing(Path config) throws IOException {
    String text = Files.readString(config);
    Files.writeString(config, text.replace("http: off", "http: \"127.0.0.1:" + freePort() + "\""));
  }

  private static void commands(DemoWorld world, Path passphrase) {
    run("user list", world);
    run("config check", world);
    run("list --user alice", world);
    run("revoke bob --reason superseded", world, passphrase);
    String files = " --password-file " + passphrase + " --out " + passphrase + ".p12";
    run("issue client carol" + files, world, passphrase);
    run("serve --help");
  }

  /** The gateway at work; alice has certificates enough to be somebody new for a while. */
  private int served(DemoWorld world) throws InterruptedException {
    try (var workspace =
            Workspace.open(
                world.config(), Passphrase.of(DemoWorld.PASSWORD.toCharArray()), NOWHERE);
        var serving = Serving.start(workspace, NOWHERE)) {
      serving.sayWhere();
      User alice = workspace.user("alice");
      List<TlsIdentity> alices = new ArrayList<>();
      for (int i = 0; i < CERTIFICATES; i++) {
        alices.add(identity(workspace, alice, "device " + i));
      }
      var servers = CertificateQuery.ALL.profile(Profile.SERVER.name());
      List<Certificate> shown =
          workspace.ledger().list(servers).entries().stream().map(Entry::certificate).toList();
      return visits(serving.httpsPort(), shown, alices);
    }
  }

  private TlsIdentity identity(Workspace workspace, User user, String device) {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    var order =
        UserOrder.of(
            workspace.name(),
            Profile.CLIENT,
            user,
            Optional.of(device),
            List.of(),
            key.publicKey(),
            Optional.empty());
    Issuance.Issued issued =
        Issuing.issued(workspace.authority().issue(order, Profile.CLIENT, SELF));
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    return TlsIdentity.of(key, chain);
  }

  private static void run(String command, DemoWorld world) {
    run(command + " --config " + world.config());
  }

  private static void run(String command, DemoWorld world, Path passphrase) {
    run(command + " --config " + world.config() + " --passphrase-file " + passphrase);
  }

  private static void run(String line) {
    int exit = Main.run(NOWHERE, line.split(" "));
    if (exit != 0) {
      throw new IllegalStateException("postern " + line + " ended with " + exit);
    }
  }

  /** Mostly new and known certificates at the site, over each protocol; some of everything else. */
  private int visits(int port, List<Certificate> gateway, List<TlsIdentity> alices)
      throws InterruptedException {
    try (var visitors = new SampleVisitors(port, gateway)) {
      Optional<TlsIdentity> alice = Optional.of(alices.getFirst());
      List<Visitor> each = new ArrayList<>();
      for (TlsIdentity one : alices) {
        each.add(visitors.visitor(Optional.of(one), Speech.TLS_1_3, "localhost", "/"));
        each.add(visitors.visitor(alice, Speech.TLS_1_2, "localhost", "/headers"));
      }
      each.add(visitors.visitor(alice, Speech.HTTP_2, "localhost", "/"));
      each.add(visitors.visitor(alice, Speech.HTTP_2, "localhost", "/headers"));
      each.add(visitors.visitor(alice, Speech.TLS_1_3, "localhost", "/admin/"));
      each.add(visitors.visitor(Optional.empty(), Speech.TLS_1_3, "localhost", "/"));
      each.add(visitors.visitor(Optional.empty(), Speech.HTTP_2, "enrol.localhost", "/"));
      each.add(visitors.visitor(alice, Speech.HTTP_2, "me.localhost", "/"));
      return visitors.come(each, visits, PATIENCE);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Terminal nowhere() {
    var sink = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Terminal(InputStream.nullInputStream(), sink, sink, Ansi.OFF);
  }
}
