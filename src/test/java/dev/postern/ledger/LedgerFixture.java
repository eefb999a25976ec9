package dev.postern.ledger;

import dev.postern.authority.Ledger.Intent;
import dev.postern.authority.Requester;
import dev.postern.keys.SecretKeyPair;
import dev.postern.keys.SelfSigned;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.bouncycastle.asn1.x509.TBSCertificate;

/** Stands in for the authority: intends, signs, completes. */
final class LedgerFixture {
  static final Requester ADMIN = new Requester("cli:test");
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SecretKeyPair KEY = SecretKeyPair.generate(KeyAlgorithm.P256, RANDOM);

  private LedgerFixture() {}

  /** A certificate to be, and what is recorded before it is signed. */
  record Draft(TBSCertificate toBeSigned, Intent intent) {
    Certificate signed() {
      return SelfSigned.signed(toBeSigned, KEY.signer());
    }
  }

  static BigInteger randomSerial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }

  static Draft draft(String user) {
    return draft(user, randomSerial(), SelfSigned.NOT_AFTER, NOW);
  }

  static Draft draft(String user, BigInteger serial, Instant notAfter, Instant at) {
    TBSCertificate tbs = SelfSigned.toBeSigned(KEY, user + " (laptop)", serial, notAfter);
    Intent intent =
        new Intent(
            new SerialNumber(serial),
            KEY.keyIdentifier(),
            "client",
            Optional.of(user),
            Parsing.encode(tbs).sha256(),
            ADMIN,
            at,
            OptionalInt.empty());
    return new Draft(tbs, intent);
  }

  static Certificate issue(SqlLedger ledger, Draft draft) {
    ledger.intend(draft.intent());
    Certificate certificate = draft.signed();
    ledger.complete(draft.intent().serial(), certificate);
    return certificate;
  }
}
