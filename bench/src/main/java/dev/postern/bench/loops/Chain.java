package dev.postern.bench.loops;

import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Ledger;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A root, an issuing CA, and a certificate of alice, made by Postern's own authority. */
final class Chain {
  static final String USER = "alice";

  final Instant now = Instant.now();
  final Certificate root;
  final IssuerCertificate issuer;
  final Order order;
  final Certificate leaf;
  final SecretKeyPair issuingKey;

  private final SecureRandom random = new SecureRandom();

  Chain() {
    Supplier<SerialNumber> serials =
        () -> new SerialNumber(new BigInteger(126, random).setBit(126));
    SecretKeyPair rootKey = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    issuingKey = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    root = Authority.root(name("Root"), rootKey.signer(), serials.get(), now);
    Certificate issuing =
        Authority.issuing(
            name("Issuing"), issuingKey.signer(), root, rootKey.signer(), serials.get(), now);
    issuer = new IssuerCertificate(issuing, List.of(root));
    order =
        new Order(
            SecretKeyPair.generate(KeyAlgorithm.P256, random).publicKey(),
            DistinguishedName.builder()
                .organization("Bench")
                .userId(USER)
                .commonName("Alice (laptop)")
                .build(),
            List.of(),
            Optional.of(USER),
            Optional.empty());
    var authority =
        new Authority(
            issuer, issuingKey.signer(), new Forgetful(), serials, InstantSource.fixed(now));
    leaf =
        switch (authority.issue(order, Profile.CLIENT, Requester.GATEWAY)) {
          case Issuance.Issued(Certificate certificate, _) -> certificate;
          case Issuance.Refused(var problems) ->
              throw new IllegalStateException(problems.toString());
        };
  }

  private static DistinguishedName name(String name) {
    return DistinguishedName.builder().organization("Bench").commonName(name).build();
  }

  SerialNumber serial() {
    return leaf.serialNumber();
  }

  List<Bytes> presented() {
    return List.of(leaf.der(), issuer.certificate().der());
  }

  /** Keeps nothing. */
  private static final class Forgetful implements Ledger {
    @Override
    public void intend(Intent intent) {
      // nobody will ask
    }

    @Override
    public void complete(SerialNumber serial, Certificate certificate) {
      // likewise
    }
  }
}
