package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** Somebody else's CA, kept with {@code openssl ca}. */
final class OpenSslAuthority {
  private static final String CONFIG =
      """
      [ca]
      default_ca = here
      [here]
      database = index.txt
      new_certs_dir = .
      certificate = ca.pem
      private_key = ca.key
      serial = serial
      crlnumber = crlnumber
      default_md = sha256
      default_days = 30
      default_crl_days = 7
      policy = any
      unique_subject = no
      crl_extensions = crl
      [any]
      commonName = supplied
      [crl]
      authorityKeyIdentifier = keyid
      [root]
      basicConstraints = critical,CA:TRUE
      keyUsage = critical,keyCertSign,cRLSign
      subjectKeyIdentifier = hash
      authorityKeyIdentifier = keyid
      [client]
      basicConstraints = CA:FALSE
      keyUsage = critical,digitalSignature
      extendedKeyUsage = clientAuth
      subjectKeyIdentifier = hash
      authorityKeyIdentifier = keyid
      """;

  private final Path folder;

  private OpenSslAuthority(Path folder) {
    this.folder = folder;
  }

  static OpenSslAuthority in(Path parent, String name) {
    try {
      var authority = new OpenSslAuthority(Files.createDirectories(parent.resolve(name)));
      Files.writeString(authority.path("openssl.cnf"), CONFIG);
      Files.createFile(authority.path("index.txt"));
      Files.writeString(authority.path("serial"), "1000\n");
      Files.writeString(authority.path("crlnumber"), "01\n");
      authority.openssl(
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -config openssl.cnf"
              + " -extensions root -days 365 -subj /CN="
              + name
              + " -keyout ca.key -out ca.pem");
      return authority;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(String file) {
    return folder.resolve(file);
  }

  Program.Outcome openssl(String arguments) {
    return Program.in(folder).shell("openssl " + arguments).succeeded();
  }

  /** {@code NAME.pem} and {@code NAME.key}, with further lines of extensions. */
  void client(String name, String... extensions) {
    try {
      Files.writeString(
          path("openssl.cnf"), CONFIG + String.join("\n", extensions) + "\n"); // at [client]
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr"
            .formatted(name));
    openssl(
        "ca -batch -config openssl.cnf -extensions client -notext -in %1$s.csr -out %1$s.pem"
            .formatted(name));
  }

  void revoke(String name) {
    openssl("ca -config openssl.cnf -revoke " + name + ".pem -crl_reason keyCompromise");
  }

  /** A new {@code crl.pem}, put in place at once. */
  Path crl(String options) {
    openssl("ca -config openssl.cnf -gencrl " + options + " -out crl.next");
    try {
      return Files.move(
          path("crl.next"),
          path("crl.pem"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A responder at work; it signs with the CA's own key. */
  Process responder(int port) {
    try {
      Process process =
          new ProcessBuilder(
                  "openssl",
                  "ocsp",
                  "-index",
                  "index.txt",
                  "-port",
                  Integer.toString(port),
                  "-rsigner",
                  "ca.pem",
                  "-rkey",
                  "ca.key",
                  "-CA",
                  "ca.pem",
                  "-nmin",
                  "60",
                  "-ignore_err")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(path("responder.txt").toFile())
              .start();
      // Not by connecting: it would wait for a request for ever.
      Soon.within(
          Duration.ofSeconds(10), "the responder to listen", () -> said().contains("waiting"));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String said() {
    try {
      return Files.readString(path("responder.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
