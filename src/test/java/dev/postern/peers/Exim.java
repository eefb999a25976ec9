package dev.postern.peers;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real mail server, Debian's Exim, with a configuration and folder of its own and four ports:
 * STARTTLS; TLS from the start; STARTTLS with a certificate for another name; and neither, where it
 * takes mail from whoever comes. Elsewhere user {@code postern} has to say {@link #PASSWORD}.
 * Nobody is called {@code nobody}; mail to {@code later} is put off. What it takes lies in a
 * maildir.
 */
final class Exim implements AutoCloseable {
  static final String PASSWORD = "sesam öffne dich";

  private static final Path PROGRAM = Path.of("/usr/sbin/exim4");

  final int starttls = Postern.freePort();
  final int tls = Postern.freePort();
  final int otherName = Postern.freePort();
  final int plain = Postern.freePort();
  private final Path folder;
  private @Nullable Process process;

  private Exim(Path folder) {
    this.folder = folder;
  }

  /**
   * Not running yet. {@code own} and {@code other}: names of PEM files, with {@code .pem} and
   * {@code .key}, of certificates for localhost and for another host.
   */
  static Exim with(Path own, Path other) {
    try {
      // Not below a folder that is closed to the user whom Exim becomes.
      Path folder = Files.createTempDirectory("exim");
      open(folder);
      for (String name : List.of("spool", "box", "box/tmp", "box/new", "box/cur")) {
        open(Files.createDirectory(folder.resolve(name)));
      }
      copy(own, folder.resolve("own"));
      copy(other, folder.resolve("other"));
      var exim = new Exim(folder);
      Files.writeString(folder.resolve("exim.conf"), exim.configuration());
      return exim;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String kind : List.of(".pem", ".key")) {
      Path copy =
          Files.copy(
              from.resolveSibling(from.getFileName() + kind),
              to.resolveSibling(to.getFileName() + kind),
              StandardCopyOption.REPLACE_EXISTING);
      open(copy);
    }
  }

  private String configuration() {
    return """
    primary_hostname = localhost
    spool_directory = %1$s/spool
    log_file_path = %1$s/%%slog
    pid_file_path = %1$s/pid
    local_interfaces = 127.0.0.1
    daemon_smtp_ports = %2$d : %3$d : %4$d : %5$d
    tls_on_connect_ports = %3$d
    tls_advertise_hosts = ${if eq{$received_port}{%5$d}{}{*}}
    tls_certificate = %1$s/${if eq{$received_port}{%4$d}{other}{own}}.pem
    tls_privatekey = %1$s/${if eq{$received_port}{%4$d}{other}{own}}.key
    auth_advertise_hosts = ${if def:tls_in_cipher{*}{}}
    acl_smtp_rcpt = rcpt
    host_lookup =
    keep_environment =
    recipient_unqualified_hosts =

    begin acl
    rcpt:
      warn
        delay = ${if exists{%1$s/slow}{60s}{0s}}
      deny
        local_parts = nobody
        message = no such person here
      deny
        local_parts = elsewhere
        message = relay not permitted
      defer
        local_parts = later
        message = try again later
      accept
        authenticated = *
      accept
        condition = ${if eq{$received_port}{%5$d}}
      deny
        message = who are you?

    begin routers
    all:
      driver = accept
      transport = box

    begin transports
    box:
      driver = appendfile
      maildir_format
      directory = %1$s/box
      create_directory = false

    begin authenticators
    plain:
      driver = plaintext
      public_name = PLAIN
      server_prompts = :
      server_condition = ${if and{{eq{$auth2}{postern}}{eq{$auth3}{%6$s}}}}
      server_set_id = $auth2
    """
        .formatted(folder, starttls, tls, otherName, plain, PASSWORD);
  }

  Exim start() {
    try {
      Path out = folder.resolve("output.txt");
      Process started =
          new ProcessBuilder(
                  PROGRAM.toString(), "-C", folder.resolve("exim.conf").toString(), "-bdf")
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      process = started;
      Soon.within(
          Duration.ofSeconds(20),
          "Exim on port " + plain,
          () -> !started.isAlive() || Postern.isOpen(plain));
      if (!started.isAlive()) {
        throw new AssertionError(Files.readString(out) + log());
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on it takes a minute to answer a RCPT; or not any more. */
  void slow(boolean slow) {
    try {
      if (slow) {
        Files.writeString(folder.resolve("slow"), "");
      } else {
        Files.delete(folder.resolve("slow"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() {
    try {
      Path log = folder.resolve("mainlog");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it took for this address, as it came. */
  List<String> raw(String to) {
    Path delivered = folder.resolve("box/new");
    List<String> mails = new ArrayList<>();
    try (var files = Files.list(delivered)) {
      for (Path file : files.toList()) {
        String mail = Files.readString(file);
        if (mail.contains("Envelope-to: " + to + "\n")
            || mail.contains("<" + to + ">")
            || mail.contains("To: " + to + "\n")) {
          mails.add(mail);
        }
      }
      return mails;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Read as a mail program does. */
  static MimeMessage parsed(String mail) {
    try {
      InputStream bytes = new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8));
      return new MimeMessage(Session.getInstance(new Properties()), bytes);
    } catch (MessagingException e) {
      throw new AssertionError(mail, e);
    }
  }

  void stop() {
    Process running = process;
    if (running != null) {
      running.descendants().forEach(ProcessHandle::destroy);
      running.destroy();
      try {
        if (!running.waitFor(10, TimeUnit.SECONDS)) {
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
    Program.in(Path.of("/")).run("rm", "-rf", folder.toString());
  }
}
