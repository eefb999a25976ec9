package dev.postern.ledger;

import dev.postern.access.StatusSource;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.IssuedStatus;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Our own revoked certificates in memory, since every request asks. {@link #follow} takes in what
 * changed; {@link #upToDate} says that nothing did. Whoever hears neither for {@link #PATIENCE} no
 * longer knows, and says so (decision 0008).
 */
public final class RevokedCertificates implements StatusSource {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final IssuedStatus GOOD = new IssuedStatus.Good();

  private final Revocations revocations;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private long position;
  private volatile RevokedSerials serials = RevokedSerials.NONE;
  private volatile Seen seen;

  /** By the wall clock, to be told; and by one that nobody sets, to be reckoned with. */
  private record Seen(Instant at, long nanos) {}

  public RevokedCertificates(Revocations revocations, InstantSource clock) {
    this(revocations, clock, System::nanoTime);
  }

  RevokedCertificates(Revocations revocations, InstantSource clock, LongSupplier nanoTime) {
    this.revocations = revocations;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.seen = now();
    follow();
  }

  private Seen now() {
    return new Seen(clock.instant(), nanoTime.getAsLong());
  }

  /** Takes in what changed; tells whether anything did. */
  public synchronized boolean follow() {
    Seen began = now();
    long before = position;
    position = revocations.changesAfter(position, changes -> serials = serials.with(changes));
    seen = began;
    return position > before;
  }

  /** The ledger was looked at, and nobody had written. */
  public void upToDate() {
    seen = now();
  }

  /** How long ago the ledger was looked at. */
  public Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - seen.nanos());
  }

  /** Whether that is too long ago to know who was revoked since. */
  public boolean isStale() {
    return age().compareTo(PATIENCE) > 0;
  }

  /** Of a certificate that was issued; empty when that is not known any more. */
  Optional<IssuedStatus> ofIssued(SerialNumber serial) {
    if (isStale()) {
      return Optional.empty();
    }
    Optional<Revoked> found = serials.find(serial);
    return Optional.of(
        found.isPresent()
            ? new IssuedStatus.Revoked(found.get().revocationTime(), found.get().reason())
            : GOOD);
  }

  /** How many are revoked or suspended. */
  public int size() {
    return serials.size();
  }

  @Override
  public PathStatus status(VerifiedPath path, Instant at) {
    RevokedSerials now = serials;
    for (Certificate certificate : path.certificates()) {
      Optional<Revoked> revoked = now.find(certificate.serialNumber());
      if (revoked.isPresent()) {
        return new PathStatus.Revoked(certificate, revoked.get());
      }
    }
    Seen last = seen;
    return nanoTime.getAsLong() - last.nanos() > PATIENCE.toNanos()
        ? new PathStatus.Unknown(path.leaf(), "the ledger could not be read since " + last.at())
        : new PathStatus.Good();
  }
}
