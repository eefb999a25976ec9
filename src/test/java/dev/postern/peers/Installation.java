package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Postern in earnest, made by its own commands in an empty folder: alice in group staff, bob in
 * none, and one site. Each of the two has a P12 file.
 */
final class Installation {
  static final String HOST = "wiki.example.test";
  static final String SITE_RULES =
      """
          - { path: /health, allow: anyone }
          - { path: /admin/**, allow: "group:admins" }
          - { allow: "group:staff" }
      """;

  private static final String KEYS = " --passphrase-file passphrase";
  private static final String PASSWORD = " --password-file passphrase";
  private static final Pattern WHERE =
      Pattern.compile("^https://\\S+?:(\\d+)  →", Pattern.MULTILINE);

  final Postern postern;
  private final Path folder;
  private final String initial;

  /** Initialised already. */
  private Installation(Path folder) {
    this.folder = folder;
    this.postern = Postern.in(folder);
    this.initial = read(config());
    user("alice", " --email alice@example.test --group staff");
    user("bob", "");
  }

  static Installation in(Path folder) {
    return in(folder, "Example");
  }

  /** {@code name}: the organisation's. */
  static Installation in(Path folder, String name) {
    return madeBy(Postern.in(folder), folder, name);
  }

  /** Made a year and a day ago, so that what it issued may be old; its people are of today. */
  static Installation old(Path folder) {
    return madeBy(Postern.in(folder).ago("366d"), folder, "Example");
  }

  private static Installation madeBy(Postern postern, Path folder, String name) {
    postern.succeeds(
        "init",
        "--no-admin",
        "--name",
        name,
        "--domain",
        "example.test",
        "--passphrase-file",
        "passphrase");
    return new Installation(folder);
  }

  /**
   * {@code FILE.p12} of a certificate for a year that ends so soon from now: 12 days, 30 seconds.
   */
  void ending(Duration left, String name, String file) {
    long ago = Duration.ofDays(365).minus(left).toSeconds();
    postern
        .ago(ago + "s")
        .succeeds("issue client " + name + " --out " + file + ".p12" + KEYS + PASSWORD);
  }

  /** A user with {@code NAME.p12}. */
  void user(String name, String options) {
    postern.succeeds("user add " + name + options);
    postern.succeeds("issue client " + name + " --out " + name + ".p12" + KEYS + PASSWORD);
  }

  /** {@code FILE.pem} and {@code FILE.key} for a user. */
  void pem(String name, String file) {
    postern.succeeds("issue client " + name + " --out " + file + ".pem" + KEYS + PASSWORD);
  }

  /**
   * A certificate for a request that OpenSSL makes: {@code FILE.pem}, and an open {@code FILE.key}.
   */
  void signed(String name, String file) {
    Program.in(folder)
        .shell(
            ("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=whoever"
                    + " -keyout %1$s.key -out %1$s.csr")
                .formatted(file))
        .succeeded();
    postern.succeeds(
        "sign %2$s.csr --profile client --user %1$s --out %2$s.pem".formatted(name, file) + KEYS);
  }

  Path config() {
    return folder.resolve("postern.yaml");
  }

  Path root() {
    return folder.resolve("postern-data/ca/root.pem");
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** What init wrote, with another address, upstream and rules. */
  void configure(String upstream, String rules) {
    configure(upstream, upstream, rules);
  }

  /**
   * Likewise, with a second site, localhost, for clients that cannot be told where a name leads.
   */
  void configure(String upstream, String localUpstream, String rules) {
    String listening =
        initial
            .replace("https: \":8443\"", "https: \"127.0.0.1:0\"")
            .replace("http: \":8080\"", "http: off");
    String before = listening.substring(0, listening.indexOf("sites:"));
    replaceConfig(
        before
            + """
            sites:
            """
            + site(HOST, upstream, rules)
            + site("localhost", localUpstream, rules));
  }

  /**
   * Likewise, where links to Postern's own pages lead somewhere: at a port that is known before.
   */
  void configureWithPages(String upstream, String localUpstream, String rules) {
    configure(upstream, localUpstream, rules);
    String any = "https: \"127.0.0.1:0\"";
    replaceConfig(read(config()).replace(any, any.replace("0\"", Postern.freePort() + "\"")));
  }

  /**
   * People's own pages at localhost, enrolment below it, where curl finds it by itself, and the
   * site at git.localhost: for programs that cannot be told where a name leads.
   */
  void configureAtLocalhost(String upstream, String rules) {
    replaceConfig(
        initial
                .substring(0, initial.indexOf("sites:"))
                .replace("https: \":8443\"", "https: \"127.0.0.1:" + Postern.freePort() + "\"")
                .replace("http: \":8080\"", "http: off")
            + "pages: { me: localhost, enrol: enrol.localhost }\n"
            + "sites:\n"
            + site("git.localhost", upstream, rules));
  }

  /** What init wrote, listening here alone and publishing on {@code port}; {@code crl}: options. */
  void publish(int port, String crl) {
    replaceConfig(
        initial
            .replace("https: \":8443\"", "https: \"127.0.0.1:0\"")
            .replace("http: \":8080\"", "http: \"127.0.0.1:" + port + "\"")
            .replaceFirst(
                "  url: \\S+", "  url: http://127.0.0.1:" + port + "\n  crl: { " + crl + " }"));
  }

  /** One site at {@code port}, for a server of somebody else's; published on another port. */
  void export(int port, int publishPort, String upstream, String rules) {
    String before = initial.substring(0, initial.indexOf("sites:"));
    replaceConfig(
        before
                .replace("https: \":8443\"", "https: \"127.0.0.1:" + port + "\"")
                .replace("http: \":8080\"", "http: \"127.0.0.1:" + publishPort + "\"")
                .replaceFirst("  url: \\S+", "  url: http://127.0.0.1:" + publishPort)
            + "sites:\n"
            + site(HOST, upstream, rules));
  }

  private static String site(String host, String upstream, String rules) {
    return """
      - host: %s
        upstream: %s
        headers: [remote-user, forwarded, client-cert]
        rules:
    """
            .formatted(host, upstream)
        + rules.indent(2);
  }

  /** As editors and configuration tools do it: beside, then moved over. */
  void replaceConfig(String text) {
    try {
      Path next = folder.resolve("postern.yaml.next");
      Files.writeString(next, text);
      Files.move(next, config(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Served serve() {
    return serve(postern);
  }

  Served serve(Postern by) {
    Postern.Running running = by.start("Serving. Ctrl-C ends it.", "serve" + KEYS);
    Matcher where = WHERE.matcher(running.output());
    if (!where.find()) {
      running.close();
      throw new AssertionError("no address in:\n" + running.output());
    }
    return new Served(this, running, Integer.parseInt(where.group(1)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The gateway at work. */
  record Served(Installation installation, Postern.Running running, int port)
      implements AutoCloseable {
    String url(String path) {
      return "https://" + HOST + ":" + port + path;
    }

    /** On one of Postern's own hosts: {@code me}, {@code admin}, {@code enrol}. */
    String own(String host, String path) {
      return "https://" + host + ".example.test:" + port + path;
    }

    Socket plainSocket() throws IOException {
      return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Curl's words for {@code who}'s P12 file; none for nobody. */
    static List<String> p12(@Nullable String who) {
      return who == null
          ? List.of()
          : List.of("--cert-type", "P12", "--cert", who + ".p12:" + Postern.PASSPHRASE);
    }

    Program.Outcome curl(List<String> identity, String path, String... further) {
      List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "120"));
      words.addAll(List.of("--cacert", installation.root().toString()));
      words.addAll(List.of("--resolve", HOST + ":" + port + ":127.0.0.1"));
      words.addAll(identity);
      words.addAll(List.of(further));
      words.add(url(path));
      return Program.in(installation.folder).run(words.toArray(String[]::new));
    }

    /** The status that {@code who} gets. */
    String status(@Nullable String who, String path) {
      return curl(p12(who), path, "-o", "/dev/null", "-w", "%{http_code}").succeeded().out();
    }

    @Override
    public void close() {
      running.close();
    }
  }
}
