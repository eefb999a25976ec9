package dev.postern.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.access.StatusSource;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.OcspResponse;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationChecker;
import dev.postern.revocation.RevocationStatus;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one foreign authority says of its certificates. CRLs are fetched ahead of need ({@link
 * CrlSources}); OCSP responders are asked when a certificate first comes, by {@link #lookup}. The
 * answer for a path is remembered until something it rests on changes or runs out.
 */
public final class ForeignStatus implements StatusSource, AutoCloseable {
  /** So far may the clock of who signed be ahead of ours. */
  static final Duration SKEW = Duration.ofMinutes(5);

  /** Whatever the lists say, an answer is worked out anew after this. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final int REMEMBERED = 10_000;

  private final StatusSettings settings;
  private final List<TrustAnchor> anchors;
  private final List<Certificate> intermediates;
  private final InstantSource clock;
  private final HttpFetch fetch = new HttpFetch();
  private final RevocationChecker checker = new RevocationChecker(new PathValidator());
  private final OcspAnswers ocsp;
  private final CrlSources lists;
  private final Cache<List<Bytes>, Remembered> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  private record Remembered(PathStatus status, long epoch, Instant from, Instant until) {}

  private ForeignStatus(
      StatusSettings settings,
      List<TrustAnchor> anchors,
      List<Certificate> intermediates,
      InstantSource clock,
      Runnable changed) {
    this.settings = settings;
    this.anchors = List.copyOf(anchors);
    this.intermediates = List.copyOf(intermediates);
    this.clock = clock;
    this.ocsp = new OcspAnswers(settings, fetch, this::isBelieved, clock);
    List<Certificate> signers = new ArrayList<>(intermediates);
    anchors.forEach(anchor -> signers.add(anchor.certificate()));
    this.lists = new CrlSources(settings, signers, fetch, clock, changed);
  }

  /**
   * Begins to fetch, and returns at once.
   *
   * @param intermediates CA certificates below the anchors, and those of other CRL signers
   * @param changed called when a list came that may revoke somebody who is in
   */
  public static ForeignStatus start(
      StatusSettings settings,
      List<TrustAnchor> anchors,
      List<Certificate> intermediates,
      InstantSource clock,
      Runnable changed) {
    var status = new ForeignStatus(settings, anchors, intermediates, clock, changed);
    status.lists.start();
    return status;
  }

  @Override
  public PathStatus status(VerifiedPath path, Instant at) {
    List<Bytes> key = path.certificates().stream().map(Certificate::fingerprint).toList();
    Remembered known = remembered.getIfPresent(key);
    if (known != null
        && known.epoch() == lists.epoch()
        && !at.isBefore(known.from())
        && at.isBefore(known.until())) {
      return known.status();
    }
    long epoch = lists.epoch();
    Evidence evidence = evidence(path, at);
    PathStatus status = checker.check(path, evidence, judged(evidence, at));
    remembered.put(key, new Remembered(status, epoch, at, until(path, evidence, at)));
    return status;
  }

  private Evidence evidence(VerifiedPath path, Instant at) {
    List<OcspResponse> answers = new ArrayList<>();
    for (Certificate certificate : path.certificates()) {
      ocsp.known(certificate, at).flatMap(OcspAnswers.Held::response).ifPresent(answers::add);
    }
    return evidence(lists.lists(path), answers);
  }

  private Evidence evidence(List<CertificateList> crls, List<OcspResponse> answers) {
    boolean undated = answers.stream().anyMatch(ForeignStatus::isUndated);
    return new Evidence(
        crls, answers, intermediates, undated ? Optional.of(settings.maxAge()) : Optional.empty());
  }

  /** Says nothing of when to ask again (RFC 6960 §2.4: "newer information is always available"). */
  private static boolean isUndated(OcspResponse answer) {
    return answer
        .basic()
        .filter(basic -> basic.responses().stream().anyMatch(each -> each.nextUpdate().isEmpty()))
        .isPresent();
  }

  /** Our clock, or that of who signed where it is a little ahead. */
  private static Instant judged(Evidence evidence, Instant at) {
    List<Instant> signed = new ArrayList<>();
    evidence.crls().forEach(list -> signed.add(list.thisUpdate()));
    for (OcspResponse answer : evidence.ocsp()) {
      answer
          .basic()
          .ifPresent(basic -> {
            signed.add(basic.producedAt());
            basic.responses().forEach(each -> signed.add(each.thisUpdate()));
          });
    }
    return signed.stream()
        .filter(each -> each.isAfter(at) && !each.isAfter(at.plus(SKEW)))
        .max(Instant::compareTo)
        .orElse(at);
  }

  /** Whether an answer tells the status of {@code certificate} now. */
  private boolean isBelieved(Certificate certificate, OcspResponse answer) {
    Evidence evidence = evidence(List.of(), List.of(answer));
    Instant at = judged(evidence, clock.instant());
    return !(checker.status(certificate, anchors, evidence, at)
        instanceof RevocationStatus.Unknown);
  }

  /** The next moment at which the answer may become another without anybody having fetched. */
  private Instant until(VerifiedPath path, Evidence evidence, Instant at) {
    List<Instant> moments = new ArrayList<>(List.of(at.plus(LONGEST)));
    for (CertificateList list : evidence.crls()) {
      moments.add(list.thisUpdate());
      list.nextUpdate().ifPresent(moments::add);
    }
    for (Certificate certificate : path.certificates()) {
      ocsp.known(certificate, at).map(OcspAnswers.Held::until).ifPresent(moments::add);
    }
    return moments.stream().filter(at::isBefore).min(Instant::compareTo).orElse(at);
  }

  @Override
  public Optional<Runnable> lookup(VerifiedPath path, Instant at) {
    boolean asking = lists.hasNew(path);
    for (Certificate certificate : path.certificates()) {
      asking |= ocsp.responder(certificate).isPresent() && ocsp.known(certificate, at).isEmpty();
    }
    return asking ? Optional.of(() -> learn(path)) : Optional.empty();
  }

  private void learn(VerifiedPath path) {
    lists.learn(path);
    for (int i = 0; i < path.certificates().size(); i++) {
      Certificate certificate = path.certificates().get(i);
      Certificate issuer =
          i + 1 < path.certificates().size()
              ? path.certificates().get(i + 1)
              : path.anchor().certificate();
      Optional<URI> responder = ocsp.responder(certificate);
      responder.ifPresent(url -> ocsp.learn(certificate, issuer, url));
    }
    remembered.invalidate(path.certificates().stream().map(Certificate::fingerprint).toList());
  }

  @Override
  public void close() {
    lists.close();
    fetch.close();
  }
}
