package dev.postern.bench.servers;

import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code ./postern} as its users start it, in a folder of its own, below the bench's CA. */
public final class Postern {
  /** Where administrators and their programs come. */
  public static final String CONSOLE = "admin.bench.test";

  private static final String PASSPHRASE = "correct horse battery";

  private final Lab lab;
  private final Path folder;
  private String more = "";
  private String publishing = "off";

  private Postern(Lab lab, Path folder) {
    this.lab = lab;
    this.folder = folder;
  }

  /** Initialised, with the people of {@link Pki} in group staff, and root in postern-admins. */
  public static Postern install(Lab lab, String name) {
    Postern postern = new Postern(lab, lab.folder(name));
    Command.run(postern.folder, List.of("cp", "-a", lab.installation() + "/.", "."));
    return postern;
  }

  /** A folder to be copied by each {@link #install}. */
  public static Path prepare(Lab lab) {
    Postern postern = new Postern(lab, lab.folder("installation"));
    postern.write("passphrase", PASSPHRASE + "\n");
    postern.run(
        "init --no-admin --name Bench --domain bench.test --passphrase-file passphrase"
            + " --import-issuer "
            + lab.pki().path("chain.pem")
            + " --import-issuer-key "
            + lab.pki().path("issuing.key"));
    postern.write(
        "users.csv",
        "name,display_name,email,groups\n"
            + IntStream.range(0, Pki.PEOPLE)
                .mapToObj(i -> "%1$s,Person %2$d,%1$s@bench.test,staff".formatted(Pki.user(i), i))
                .collect(Collectors.joining("\n"))
            + "\n");
    postern.run("import users.csv");
    postern.run("user add root --group postern-admins --group staff");
    return postern.folder;
  }

  /** Lines to be added to the configuration. */
  public Postern configured(String lines) {
    more = lines;
    return this;
  }

  /** Plain HTTP on this port of 127.0.0.1: CRLs, OCSP, CA certificates. */
  public Postern publishing(int port) {
    publishing = "\"127.0.0.1:" + port + "\"";
    return this;
  }

  public Path folder() {
    return folder;
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  /**
   * Like the peers: one site, four headers, an access log in a file. The console on {@link
   * #CONSOLE}.
   */
  public Server serve() {
    return launch(lab.serverCpu()).listening();
  }

  public Daemon launch(String cpus) {
    int port = Daemon.freePort();
    configure(port);
    return Daemon.launch(
        Contender.POSTERN,
        cpus,
        folder,
        port,
        List.of(program(), "serve", "--passphrase-file", "passphrase"));
  }

  private void configure(int port) {
    write(
        "postern.yaml",
        """
        name: Bench
        domain: bench.test
        data: ./postern-data
        listen: { https: "127.0.0.1:%d", http: %s }
        access-log: access.log
        pages: { admin: %s, enrol: off, me: off }
        sites:
          - host: localhost
            upstream: http://127.0.0.1:%d
            headers: [remote-user, forwarded]
            rules:
              - { allow: "group:staff" }
        %s
        """
            .formatted(port, publishing, CONSOLE, lab.backend().port(), more));
  }

  private static String program() {
    return Path.of(System.getProperty("postern.home"), "postern").toString();
  }

  /** A command of Postern's, to its end. */
  public String run(String line) {
    List<String> words = new ArrayList<>(List.of(program()));
    words.addAll(List.of(line.split(" ")));
    return Command.run(folder, words);
  }

  /** Certificates that the ledger has, each of them another. */
  public long issued() {
    return Ledgers.number(
        ledger(), "select count(distinct fingerprint) from certificates where state = 'ISSUED'");
  }

  /** Their serial numbers, without those that Postern issued for itself. */
  public List<BigInteger> serials() {
    return Ledgers.column(
            ledger(),
            "select serial from certificates where state = 'ISSUED'"
                + " and requester not in ('gateway', 'ocsp')")
        .stream()
        .map(hex -> new BigInteger(hex, 16))
        .toList();
  }

  private Path ledger() {
    return folder.resolve("postern-data/ledger.db");
  }

  void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
