package dev.postern.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.path.PathProblem;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * The authorities believed here. Remembers the path verdict of chains it has seen (bounded), since
 * signatures do not change; whether the path holds at this instant is looked at each time.
 */
public final class Trust {
  /**
   * Measured in the bytes of chains, since whoever shows one chooses its size; strangers' chains
   * apart, so that they push out nobody. What is remembered takes several times as much.
   */
  private static final long REMEMBERED_BYTES = 32 << 20;

  private static final long REMEMBERED_STRANGERS_BYTES = 2 << 20;

  /** What even the smallest certificate costs once it is read. */
  private static final int LEAST_WEIGHT = 2048;

  /** A verdict "no" is not remembered for long: with time alone a certificate can become valid. */
  private static final Duration REMEMBERED_REFUSAL = Duration.ofSeconds(10);

  private final List<TrustedAuthority> authorities;
  private final List<TrustAnchor> anchors;
  private final List<Certificate> intermediates;
  private final PathValidator validator;
  private final Cache<Bytes, Remembered> believed = cache(REMEMBERED_BYTES);
  private final Cache<Bytes, Remembered> refused = cache(REMEMBERED_STRANGERS_BYTES);

  private final LongAdder validated = new LongAdder();

  private record Remembered(Verdict verdict, Instant at, int weight) {}

  private static Cache<Bytes, Remembered> cache(long bytes) {
    return Caffeine.newBuilder()
        .maximumWeight(bytes)
        .weigher((Bytes key, Remembered each) -> each.weight())
        .executor(Runnable::run)
        .build();
  }

  /** What is to be thought of a chain. */
  public sealed interface Verdict {
    /** {@code claims}: what the leaf says of its user, see {@link IdentityMapping}. */
    record Believed(VerifiedPath path, TrustedAuthority authority, List<String> claims)
        implements Verdict {
      Believed(VerifiedPath path, TrustedAuthority authority) {
        this(path, authority, authority.identity().claims(path.leaf()));
      }
    }

    /**
     * It would be believed, had the leaf alone not ended. The path is the one it had at its end.
     *
     * @param othersUntil the earliest notAfter of the rest, anchor included; that second included
     */
    record Ended(VerifiedPath path, TrustedAuthority authority, Instant othersUntil)
        implements Verdict {
      boolean mayRenewAt(Instant at) {
        return authority
            .grace()
            .filter(grace -> at.isBefore(path.leaf().notAfter().plus(grace)))
            .isPresent();
      }

      boolean holdsAt(Instant at) {
        return !at.isBefore(path.leaf().notAfter().plusSeconds(1))
            && at.isBefore(othersUntil.plusSeconds(1));
      }
    }

    record Doubted(PathProblem problem) implements Verdict {}

    /** Not even a certificate. */
    record Unreadable(MalformedException cause) implements Verdict {}
  }

  public Trust(List<TrustedAuthority> authorities, PathValidator validator) {
    this.authorities = List.copyOf(authorities);
    this.anchors = authorities.stream().flatMap(authority -> authority.anchors().stream()).toList();
    this.intermediates =
        authorities.stream().flatMap(authority -> authority.intermediates().stream()).toList();
    this.validator = validator;
  }

  public List<TrustedAuthority> authorities() {
    return authorities;
  }

  /**
   * The CA names to send in a CertificateRequest, so that a browser's picker shows only
   * certificates that can fit.
   */
  public Set<DistinguishedName> acceptedIssuers() {
    Set<DistinguishedName> names = new LinkedHashSet<>();
    Stream.concat(intermediates.stream(), anchors.stream().map(TrustAnchor::certificate))
        .forEach(ca -> names.add(ca.subject()));
    return names;
  }

  /** How many chains were not remembered, so that their paths and signatures had to be checked. */
  public long validated() {
    return validated.sum();
  }

  /** Judges a chain that is not empty. */
  public Verdict judge(PresentedChain presented, Instant at) {
    Remembered known = believed.getIfPresent(presented.key());
    if (known == null) {
      known = refused.getIfPresent(presented.key());
    }
    if (known != null && stillHolds(known, at)) {
      return known.verdict();
    }
    validated.increment();
    Verdict verdict = validate(presented, at);
    remember(presented, verdict, at);
    return verdict;
  }

  private void remember(PresentedChain presented, Verdict verdict, Instant at) {
    int weight = LEAST_WEIGHT;
    for (Bytes certificate : presented.certificates()) {
      weight += certificate.size();
    }
    Remembered fresh = new Remembered(verdict, at, weight);
    boolean opens =
        verdict instanceof Verdict.Believed
            || (verdict instanceof Verdict.Ended ended && ended.mayRenewAt(at));
    if (opens) { // whoever is let in nowhere shall not push others out of memory
      believed.put(presented.key(), fresh);
    } else {
      believed.invalidate(presented.key()); // it may have run out
      refused.put(presented.key(), fresh);
    }
  }

  private static boolean stillHolds(Remembered known, Instant at) {
    return switch (known.verdict()) {
      case Verdict.Believed(VerifiedPath path, _, _) -> path.validAt(at);
      case Verdict.Ended ended -> ended.holdsAt(at);
      case Verdict.Doubted _ ->
          Duration.between(known.at(), at).abs().compareTo(REMEMBERED_REFUSAL) < 0;
      case Verdict.Unreadable _ -> true;
    };
  }

  private Verdict validate(PresentedChain presented, Instant at) {
    List<Certificate> chain = new ArrayList<>();
    try {
      for (Bytes der : presented.certificates()) {
        chain.add(known(der));
      }
    } catch (MalformedException e) {
      return new Verdict.Unreadable(e);
    }
    Certificate leaf = chain.removeFirst();
    chain.addAll(intermediates);
    return switch (validate(leaf, chain, at)) {
      case PathValidation.Invalid(PathProblem problem) when at.isAfter(leaf.notAfter()) ->
          ended(leaf, chain, at).orElseGet(() -> new Verdict.Doubted(problem));
      case PathValidation.Invalid(PathProblem problem) -> new Verdict.Doubted(problem);
      case PathValidation.Valid(VerifiedPath path) ->
          new Verdict.Believed(path, authorityOf(path.anchor()));
    };
  }

  /** CA certificates of ours are not read, and remembered, once more for each of their users. */
  private Certificate known(Bytes der) throws MalformedException {
    for (Certificate each : intermediates) {
      if (each.der().equals(der)) {
        return each;
      }
    }
    for (TrustAnchor anchor : anchors) {
      if (anchor.certificate().der().equals(der)) {
        return anchor.certificate();
      }
    }
    return Certificate.parse(der);
  }

  private PathValidation validate(Certificate leaf, List<Certificate> others, Instant at) {
    return validator.validate(new PathValidator.Request(leaf, others, anchors, Purpose.CLIENT, at));
  }

  /** Whether nothing but the leaf's own end stands against it. */
  private Optional<Verdict> ended(Certificate leaf, List<Certificate> others, Instant at) {
    if (!(validate(leaf, others, leaf.notAfter()) instanceof PathValidation.Valid(var path))) {
      return Optional.empty();
    }
    Instant until = path.anchor().certificate().notAfter();
    for (Certificate above : path.certificates().subList(1, path.certificates().size())) {
      until = above.notAfter().isBefore(until) ? above.notAfter() : until;
    }
    var ended = new Verdict.Ended(path, authorityOf(path.anchor()), until);
    return Optional.<Verdict>of(ended).filter(_ -> ended.holdsAt(at));
  }

  private TrustedAuthority authorityOf(TrustAnchor anchor) {
    return authorities.stream()
        .filter(authority -> authority.anchors().contains(anchor))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the validator invented an anchor"));
  }
}
