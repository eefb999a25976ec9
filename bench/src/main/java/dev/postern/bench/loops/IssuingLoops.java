package dev.postern.bench.loops;

import dev.postern.authority.Preparation;
import dev.postern.authority.Profile;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials;
import dev.postern.x509.Bytes;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What issuing and revoking rest on. */
@State(Scope.Benchmark)
public class IssuingLoops {
  private static final int REVOKED = 1_000_000;

  private final Chain chain = new Chain();
  private final Signer signer = chain.issuingKey.signer();
  private final Bytes toBeSigned = chain.leaf.toBeSigned();
  private final List<SerialNumber> revoked = new ArrayList<>();
  private final RevokedSerials serials = serials();
  private int next;

  private RevokedSerials serials() {
    Random random = new Random(7);
    List<RevokedSerials.Change> changes = new ArrayList<>();
    var status = Optional.of(new Revoked(Instant.now(), CrlReason.KEY_COMPROMISE));
    for (int i = 0; i < REVOKED; i++) {
      SerialNumber serial = new SerialNumber(new BigInteger(126, random).setBit(126));
      revoked.add(serial);
      changes.add(new RevokedSerials.Change(serial, status));
    }
    return RevokedSerials.NONE.with(changes);
  }

  /** From an order to what will be signed, read back and judged. */
  @Benchmark
  public Preparation prepareCertificate() {
    Preparation preparation =
        Profile.CLIENT.prepare(
            chain.order, chain.issuer, signer.algorithm(), chain.serial(), chain.now);
    if (!(preparation instanceof Preparation.Ready)) {
      throw new IllegalStateException(preparation.toString());
    }
    return preparation;
  }

  @Benchmark
  public Bytes sign() {
    return signer.sign(toBeSigned);
  }

  @Benchmark
  public boolean verify() {
    return chain.leaf.isSignedBy(chain.issuer.certificate().publicKey());
  }

  /** Among a million. */
  @Benchmark
  public Optional<Revoked> findRevokedSerial() {
    next = (next + 7919) % REVOKED;
    Optional<Revoked> found = serials.find(revoked.get(next));
    if (found.isEmpty()) {
      throw new IllegalStateException("not found: " + revoked.get(next));
    }
    return found;
  }

  @Benchmark
  public Optional<Revoked> findGoodSerial() {
    return serials.find(chain.serial());
  }
}
