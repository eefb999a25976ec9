package dev.postern.bench.loops;

import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whether somebody is revoked, where a million are. */
@State(Scope.Benchmark)
public class LookingUp {
  private static final int REVOKED = 1_000_000;

  private final List<SerialNumber> revoked = new ArrayList<>();
  private final RevokedSerials serials = serials();
  private final SerialNumber good = new SerialNumber(BigInteger.ONE.shiftLeft(125));
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
    return serials.find(good);
  }
}
