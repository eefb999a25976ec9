package dev.postern.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.access.StatusSource;
import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.DistributionPoint;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.OcspResponse;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationChecker;
import dev.postern.status.StatusSettings.Location;
import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.status.StatusSettings.Reach;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one foreign authority says of its certificates. CRLs are fetched ahead of need by a thread
 * of its own; OCSP responders are asked when a certificate first comes, by {@link #lookup}. The
 * answer for a path is remembered until something it rests on changes or runs out.
 */
public final class ForeignStatus implements StatusSource, AutoCloseable {
  private static final int MAX_CERTIFIED_LISTS = 64;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_LOOK = Duration.ofSeconds(5);

  /** Whatever the lists say, an answer is worked out anew after this. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final int REMEMBERED = 10_000;

  private final StatusSettings settings;
  private final List<Certificate> authorities;
  private final InstantSource clock;
  private final Runnable changed;
  private final HttpFetch fetch = new HttpFetch();
  private final RevocationChecker checker = new RevocationChecker(new PathValidator());
  private final OcspAnswers ocsp;
  private final List<CrlSource> configured;
  private final Map<URI, CrlSource> certified = new ConcurrentHashMap<>();
  private final AtomicLong epoch = new AtomicLong();
  private final Cache<Bytes, Remembered> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();
  private final CountDownLatch looked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Remembered(PathStatus status, long epoch, Instant from, Instant until) {}

  private ForeignStatus(
      StatusSettings settings,
      List<Certificate> authorities,
      InstantSource clock,
      Runnable changed) {
    this.settings = settings;
    this.authorities = List.copyOf(authorities);
    this.clock = clock;
    this.changed = changed;
    this.ocsp = new OcspAnswers(settings, fetch, clock);
    this.configured =
        settings.crls().stream()
            .map(location -> source(location, PrivateAddresses.ALLOWED))
            .toList();
  }

  /**
   * Begins to fetch, and returns at once.
   *
   * @param authorities its CA certificates: roots and intermediates
   * @param changed called when a list came that may revoke somebody who is in
   */
  public static ForeignStatus start(
      StatusSettings settings,
      List<Certificate> authorities,
      InstantSource clock,
      Runnable changed) {
    var status = new ForeignStatus(settings, authorities, clock, changed);
    Thread.ofPlatform().daemon().name("status-" + settings.name()).start(status::follow);
    return status;
  }

  private CrlSource source(Location location, PrivateAddresses privateAddresses) {
    return new CrlSource(location, settings.name(), privateAddresses, this::isPlausible, fetch);
  }

  /** A list in the name of a CA we know is signed by it; of other signers the checker judges. */
  private boolean isPlausible(CertificateList list) {
    List<Certificate> named =
        authorities.stream().filter(ca -> ca.subject().equals(list.issuer())).toList();
    return named.isEmpty() || named.stream().anyMatch(ca -> list.isSignedBy(ca.publicKey()));
  }

  private void follow() {
    try {
      do {
        Instant now = clock.instant();
        configured.forEach(source -> refreshIfDue(source, now));
        looked.countDown();
        certified.values().forEach(source -> refreshIfDue(source, now));
      } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refreshIfDue(CrlSource source, Instant now) {
    boolean fresh;
    synchronized (source) {
      fresh = !now.isBefore(source.due()) && source.refresh(now);
    }
    if (fresh) {
      epoch.incrementAndGet();
      changed.run();
    }
  }

  @Override
  public PathStatus status(VerifiedPath path, Instant at) {
    Bytes key = path.leaf().fingerprint();
    Remembered known = remembered.getIfPresent(key);
    if (known != null
        && known.epoch() == epoch.get()
        && !at.isBefore(known.from())
        && at.isBefore(known.until())) {
      return known.status();
    }
    long before = epoch.get();
    Evidence evidence = evidence(path, at);
    PathStatus status = checker.check(path, evidence, at);
    remembered.put(key, new Remembered(status, before, at, until(path, evidence, at)));
    return status;
  }

  private Evidence evidence(VerifiedPath path, Instant at) {
    List<CertificateList> lists = new ArrayList<>();
    configured.forEach(source -> source.last().ifPresent(lists::add));
    urls(path)
        .forEach(url ->
            Optional.ofNullable(certified.get(url)).flatMap(CrlSource::last).ifPresent(lists::add));
    List<OcspResponse> answers = new ArrayList<>();
    for (Certificate certificate : path.certificates()) {
      ocsp.known(certificate, at).flatMap(OcspAnswers.Held::response).ifPresent(answers::add);
    }
    boolean undated = answers.stream().anyMatch(ForeignStatus::isUndated);
    return new Evidence(
        lists, answers, authorities, undated ? Optional.of(settings.maxAge()) : Optional.empty());
  }

  /** Says nothing of when to ask again (RFC 6960 §2.4: "newer information is always available"). */
  private static boolean isUndated(OcspResponse answer) {
    return answer
        .basic()
        .filter(basic -> basic.responses().stream().anyMatch(each -> each.nextUpdate().isEmpty()))
        .isPresent();
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
    boolean waiting = looked.getCount() > 0;
    List<URI> lists = urls(path).stream().filter(this::isNew).toList();
    boolean asking = false;
    for (Certificate certificate : path.certificates()) {
      asking |= ocsp.responder(certificate).isPresent() && ocsp.known(certificate, at).isEmpty();
    }
    return waiting || asking || !lists.isEmpty()
        ? Optional.of(() -> learn(path, lists))
        : Optional.empty();
  }

  private boolean isNew(URI url) {
    return !certified.containsKey(url) && certified.size() < MAX_CERTIFIED_LISTS;
  }

  private void learn(VerifiedPath path, List<URI> lists) {
    try {
      boolean _ = looked.await(FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    for (URI url : lists) {
      CrlSource source =
          certified.computeIfAbsent(
              url, _ -> source(new Location.AtUrl(url), settings.privateAddresses()));
      refreshIfDue(source, clock.instant());
    }
    for (int i = 0; i < path.certificates().size(); i++) {
      Certificate certificate = path.certificates().get(i);
      Certificate issuer =
          i + 1 < path.certificates().size()
              ? path.certificates().get(i + 1)
              : path.anchor().certificate();
      ocsp.responder(certificate)
          .ifPresent(responder -> ocsp.learn(certificate, issuer, responder));
    }
    epoch.incrementAndGet();
  }

  /** Where the certificates of a verified path say that their lists are (RFC 5280 §4.2.1.13). */
  private List<URI> urls(VerifiedPath path) {
    if (settings.reach() != Reach.CERTIFICATE) {
      return List.of();
    }
    List<URI> urls = new ArrayList<>();
    for (Certificate certificate : path.certificates()) {
      try {
        for (DistributionPoint point : DistributionPoint.of(certificate)) {
          for (GeneralName name : point.names()) {
            if (name instanceof GeneralName.UniformResourceIdentifier(String uri)
                && uri.startsWith("http://")) {
              urls.add(URI.create(uri));
            }
          }
        }
      } catch (MalformedException | IllegalArgumentException e) {
        return List.of(); // the checker will call it unknown
      }
    }
    return urls;
  }

  @Override
  public void close() {
    closed.countDown();
    fetch.close();
  }
}
