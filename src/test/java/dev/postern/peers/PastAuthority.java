package dev.postern.peers;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.enrol.UserOrder;
import dev.postern.fakes.TestSigner;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Issues by an installation's own key, as it would have some days ago. */
final class PastAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  private PastAuthority() {}

  /**
   * A client certificate of a user of {@code data}, whose key nobody keeps, issued {@code ago}; its
   * serial number.
   */
  static String issue(Path data, String user, Duration ago, Duration validity) {
    Instant then = Instant.now().minus(ago);
    try (var passphrase = Passphrase.of(Postern.PASSPHRASE.toCharArray());
        var ledger = SqlLedger.open(data.resolve("ledger.db"), () -> then)) {
      var key = KeyFile.open(data.resolve("keys/issuing.key"), passphrase).key();
      Certificate issuing =
          Pem.certificates(Files.readAllBytes(data.resolve("ca/issuing.pem"))).getFirst();
      Certificate root =
          Pem.certificates(Files.readAllBytes(data.resolve("ca/root.pem"))).getFirst();
      var authority =
          new Authority(
              new IssuerCertificate(issuing, List.of(root), Optional.empty()),
              key.signer(),
              ledger,
              () -> new SerialNumber(new BigInteger(127, RANDOM).setBit(126)),
              () -> then);
      User owner = ledger.users().named(user).orElseThrow();
      Order order =
          UserOrder.of(
              "Example",
              Profile.CLIENT,
              owner,
              Optional.empty(),
              List.of(),
              TestSigner.p256().publicKey(),
              Optional.of(validity));
      Issuance issued = authority.issue(order, Profile.CLIENT, new Requester("cli:test"));
      return switch (issued) {
        case Issuance.Issued done -> done.certificate().serialNumber().hex();
        case Issuance.Refused refused -> throw new AssertionError(refused.problems());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (KeyFileException | MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
