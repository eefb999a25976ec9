package dev.postern.peers;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.keys.TlsIdentity;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Many users with a certificate each, written into an installation's ledger in one go: the command
 * line would take a second for each.
 */
final class Crowd {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** One of them, with what it takes to sign in. */
  record Member(String user, Certificate certificate, SSLContext context) {}

  private Crowd() {}

  /** {@code count} users of the group staff, named {@code PREFIX-1} and so on. */
  static List<Member> of(Installation installation, String prefix, int count) {
    Path data = installation.path("postern-data");
    try (var ledger = SqlLedger.open(data.resolve("ledger.db"), InstantSource.system());
        var passphrase = Passphrase.of(Postern.PASSPHRASE.toCharArray())) {
      List<Certificate> chain =
          Pem.certificates(Files.readAllBytes(data.resolve("ca/issuing.pem")));
      Certificate root = Pem.certificates(Files.readAllBytes(installation.root())).getFirst();
      SecretKeyPair key = KeyFile.open(data.resolve("keys/issuing.key"), passphrase).key();
      var authority =
          new Authority(
              new IssuerCertificate(chain.getFirst(), List.of(root)),
              key.signer(),
              ledger,
              () -> new SerialNumber(new BigInteger(127, RANDOM).setBit(120)),
              InstantSource.system());
      List<Member> members = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        members.add(member(prefix + "-" + i, authority, ledger, root));
      }
      return members;
    } catch (IOException | MalformedException | KeyFileException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Member member(String name, Authority authority, SqlLedger ledger, Certificate root)
      throws IOException, GeneralSecurityException {
    var requester = new Requester("test");
    ledger
        .users()
        .add(
            new User(name, name, Optional.empty(), Set.of("staff"), User.State.ENABLED), requester);
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, RANDOM);
    var subject = DistinguishedName.builder().userId(name).commonName(name).build();
    var order = new Order(key.publicKey(), subject, List.of(), Optional.of(name), Optional.empty());
    var issued = (Issuance.Issued) authority.issue(order, Profile.CLIENT, requester);
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "root",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(root.der().toArray())));
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(
        TlsIdentity.of(key, chain).keyManagerFactory().getKeyManagers(),
        trust.getTrustManagers(),
        null);
    return new Member(name, issued.certificate(), context);
  }
}
