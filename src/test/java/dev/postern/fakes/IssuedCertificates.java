package dev.postern.fakes;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Keeps what Postern issued in any test, for {@code IssuedIT} to hand to programs we did not write:
 * {@code <fingerprint>.pem} with the chain up to the root, which is last.
 */
public final class IssuedCertificates {
  public static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "target", "issued").toAbsolutePath();

  private static final Set<KeyPurpose> OCSP = Set.of(KeyPurpose.OCSP_SIGNING);

  private IssuedCertificates() {}

  /** {@code above}: the issuer first, its root last. */
  public static void keep(Certificate certificate, List<Certificate> above) {
    if (certificate.extendedKeyUsage().filter(OCSP::equals).isPresent()) {
      return; // for neither clients nor servers; PublishIT has others judge it
    }
    if (certificate.notAfter().isBefore(Instant.now().plus(Duration.ofDays(1)))) {
      return; // made to end in a test, and so perhaps before the others look
    }
    List<Certificate> chain = new ArrayList<>(List.of(certificate));
    chain.addAll(above);
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(
          FOLDER.resolve(certificate.fingerprint().hex() + ".pem"),
          Pem.write(chain),
          StandardCharsets.US_ASCII,
          StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      // kept already: a folder is looked at after each command
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything in the ledger of a data folder, if there is one. */
  public static void keepThoseOf(Path data) {
    Path ledger = data.resolve("ledger.db");
    if (!Files.exists(ledger)) {
      return;
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select der from certificates where state = 'ISSUED'")) {
      List<Certificate> above = above(data);
      while (rows.next()) {
        keep(Certificate.parse(Bytes.of(rows.getBytes("der"))), above);
      }
    } catch (SQLException | IOException | MalformedException e) {
      throw new IllegalStateException(ledger + ": " + e, e);
    }
  }

  private static List<Certificate> above(Path data) throws IOException, MalformedException {
    List<Certificate> above =
        new ArrayList<>(Pem.certificates(Files.readAllBytes(data.resolve("ca/issuing.pem"))));
    Certificate root = Pem.certificates(Files.readAllBytes(data.resolve("ca/root.pem"))).getFirst();
    if (!above.contains(root)) {
      above.add(root);
    }
    return above;
  }
}
