package dev.postern.publish;

import dev.postern.authority.IssuerCertificate;
import dev.postern.ledger.CrlStore;
import dev.postern.ledger.CrlStore.Base;
import dev.postern.ledger.CrlStore.Head;
import dev.postern.ledger.CrlStore.Kind;
import dev.postern.ledger.CrlStore.Scope;
import dev.postern.revocation.CrlDraft;
import dev.postern.revocation.CrlEntries;
import dev.postern.revocation.CrlLocation;
import dev.postern.x509.Bytes;
import dev.postern.x509.Signer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Signs the CRLs of one issuer that are due: the full one, one for each shard, and their deltas. A
 * list is due when a certificate of it was revoked, suspended or released, and on schedule. May run
 * in several processes at once; the ledger sees to it that the newest wins.
 */
public final class CrlSigning {
  private final CrlStore store;
  private final IssuerCertificate issuer;
  private final Supplier<Signer> signer;
  private final CrlPolicy policy;
  private final InstantSource clock;

  /** {@code signer} is asked for when the first list is due. */
  public CrlSigning(
      CrlStore store,
      IssuerCertificate issuer,
      Supplier<Signer> signer,
      CrlPolicy policy,
      InstantSource clock) {
    this.store = store;
    this.issuer = issuer;
    this.signer = signer;
    this.policy = policy;
    this.clock = clock;
  }

  public IssuerCertificate issuer() {
    return issuer;
  }

  /** Signs what is due; returns how many lists that were. */
  public int signDue() {
    int signed = 0;
    List<Head> heads = store.heads(issuer.keyIdentifier());
    for (OptionalInt shard : shards()) {
      signed += signDue(shard, heads) ? 1 : 0;
    }
    return signed;
  }

  /**
   * The full list, and one for each shard that certificates name or will name: fewer shards in the
   * file do not move certificates that are out there.
   */
  private List<OptionalInt> shards() {
    List<OptionalInt> shards = new ArrayList<>(List.of(OptionalInt.empty()));
    int named = store.greatestShard(issuer.keyIdentifier()).orElse(-1) + 1;
    if (policy.publication().isPresent()) {
      for (int i = 0; i < Math.max(policy.shards(), named); i++) {
        shards.add(OptionalInt.of(i));
      }
    }
    return shards;
  }

  private boolean signDue(OptionalInt shard, List<Head> heads) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Optional<Head> base = head(heads, shard, Kind.BASE);
    Optional<Head> delta = head(heads, shard, Kind.DELTA);
    boolean scheduled = base.isEmpty() || isDue(base.get(), policy.every(), now);
    boolean changed =
        base.isPresent()
            && store.changedSince(issuer.keyIdentifier(), shard, base.get().position());
    boolean signed = false;
    if (scheduled || changed) {
      signBoth(shard, base, scheduled, issue(now));
      signed = true;
    } else if (policy.delta().isPresent()
        && (delta.isEmpty() || isDue(delta.get(), policy.delta().get(), now))) {
      Base since = base.orElseThrow().base();
      Issue issue = issue(now);
      sign(delta(shard, since, policy.delta().get(), issue), changed(shard, since, now));
      signed = true;
    }
    return signed;
  }

  /**
   * A complete list and a delta of one moment have one number and say the same (RFC 5280 §5.2.4).
   *
   * @param position up to where in the ledger's events both know everything, at least
   */
  private record Issue(long number, long position, Instant at) {}

  private Issue issue(Instant now) { // before the entries: these know at least as much
    return new Issue(store.takeNumber(issuer.keyIdentifier()), store.position(), now);
  }

  private static Optional<Head> head(List<Head> heads, OptionalInt shard, Kind kind) {
    return heads.stream()
        .filter(head -> head.scope().shard().equals(shard) && head.scope().kind() == kind)
        .findFirst();
  }

  /** Also when the clock was set back: a list from the future would never be replaced. */
  private static boolean isDue(Head head, Duration every, Instant now) {
    return !now.isBefore(head.thisUpdate().plus(every)) || now.isBefore(head.thisUpdate());
  }

  /**
   * Deltas refer to the complete list before the last scheduled one, so that whoever fetched since
   * then can use them.
   */
  private void signBoth(OptionalInt shard, Optional<Head> before, boolean scheduled, Issue issue) {
    Base since =
        before
            .map(head -> scheduled ? new Base(head.number(), head.position()) : head.base())
            .orElse(new Base(issue.number(), issue.position()));
    CrlStore.Contents contents =
        store.contents(issuer.keyIdentifier(), shard, since.position(), cutoff(issue.at()));
    var scope = new Scope(issuer.keyIdentifier(), shard, Kind.BASE);
    Instant nextUpdate = issue.at().plus(policy.validity());
    sign(
        new Head(scope, issue.number(), issue.at(), nextUpdate, issue.position(), since),
        contents.complete());
    policy.delta().ifPresent(every -> sign(delta(shard, since, every, issue), contents.changed()));
  }

  private Head delta(OptionalInt shard, Base since, Duration every, Issue issue) {
    var scope = new Scope(issuer.keyIdentifier(), shard, Kind.DELTA);
    Instant nextUpdate = issue.at().plus(every.multipliedBy(2)); // the next one is there in time
    return new Head(scope, issue.number(), issue.at(), nextUpdate, issue.position(), since);
  }

  private CrlEntries changed(OptionalInt shard, Base since, Instant now) {
    return store.changed(issuer.keyIdentifier(), shard, since.position(), cutoff(now));
  }

  /**
   * An expired certificate stays until a scheduled CRL after its end has listed it (RFC 5280 §3.3);
   * after one whole validity that was so.
   */
  private Instant cutoff(Instant now) {
    return now.minus(policy.validity());
  }

  private void sign(Head head, CrlEntries entries) {
    Scope scope = head.scope();
    boolean delta = scope.kind() == Kind.DELTA;
    var draft =
        new CrlDraft(
            issuer.certificate().subject(),
            issuer.keyIdentifier(),
            head.number(),
            head.thisUpdate(),
            head.nextUpdate(),
            scope.shard().isPresent() ? location(scope) : Optional.empty(),
            delta ? Optional.of(head.base().number()) : Optional.empty(),
            delta ? Optional.empty() : freshest(scope),
            entries);
    Bytes crl = draft.sign(signer.get());
    store.keep(head, crl);
  }

  private Optional<CrlLocation> location(Scope scope) {
    return policy.publication().map(each -> each.crl(issuer.keyIdentifier(), scope.shard()));
  }

  private Optional<CrlLocation> freshest(Scope scope) {
    return policy
        .publication()
        .filter(_ -> policy.delta().isPresent())
        .map(each -> each.deltaCrl(issuer.keyIdentifier(), scope.shard()));
  }
}
