package dev.postern.status;

import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.DistributionPoint;
import dev.postern.status.StatusSettings.Location;
import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.status.StatusSettings.Reach;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CRLs of one authority: those that the configuration names, and those that verified
 * certificates name, each kind kept fresh by a thread of its own. Of the latter, few and small
 * ones, the least used give way.
 */
final class CrlSources implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrlSources.class);

  private static final int LARGEST = 128 * 1024 * 1024;
  private static final int MAX_CERTIFIED = 32;
  private static final int LARGEST_CERTIFIED = 4 * 1024 * 1024;
  private static final int MAX_SIGNERS = 64;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_LOOK = Duration.ofSeconds(5);

  private final StatusSettings settings;
  private final HttpFetch fetch;
  private final InstantSource clock;
  private final Runnable changed;
  private final List<CrlSource> configured;
  private final AtomicLong epoch = new AtomicLong();
  private final CountDownLatch looked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Guarded by itself; the least used first. */
  private final Map<URI, CrlSource> certified = new LinkedHashMap<>(16, 0.75f, true);

  /** CAs that may sign a list: configured ones, and those of verified paths. Guarded by itself. */
  private final Set<Certificate> signers;

  CrlSources(
      StatusSettings settings,
      List<Certificate> signers,
      HttpFetch fetch,
      InstantSource clock,
      Runnable changed) {
    this.settings = settings;
    this.signers = new LinkedHashSet<>(signers);
    this.fetch = fetch;
    this.clock = clock;
    this.changed = changed;
    this.configured =
        settings.crls().stream()
            .map(location -> source(location, PrivateAddresses.ALLOWED, LARGEST))
            .toList();
  }

  void start() {
    thread("status-" + settings.name(), () -> configured);
    if (settings.reach() == Reach.CERTIFICATE) {
      thread("status-certified-" + settings.name(), this::certified);
    }
  }

  private interface Sources {
    Collection<CrlSource> now();
  }

  private void thread(String name, Sources sources) {
    Thread.ofPlatform().daemon().name(name).start(() -> follow(sources));
  }

  private void follow(Sources sources) {
    try {
      do {
        sources.now().forEach(this::refreshIfDue);
        looked.countDown();
      } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<CrlSource> certified() {
    synchronized (certified) {
      return List.copyOf(certified.values());
    }
  }

  private CrlSource source(Location location, PrivateAddresses privateAddresses, int largest) {
    return new CrlSource(
        location, settings.name(), privateAddresses, this::isSigned, largest, fetch);
  }

  private boolean isSigned(CertificateList list) {
    List<Certificate> named;
    synchronized (signers) {
      named = signers.stream().filter(ca -> ca.subject().equals(list.issuer())).toList();
    }
    return named.stream().anyMatch(ca -> list.isSignedBy(ca.publicKey()));
  }

  private void refreshIfDue(CrlSource source) {
    boolean fresh = false;
    try {
      synchronized (source) {
        Instant now = clock.instant();
        fresh = !now.isBefore(source.due()) && source.refresh(now);
      }
    } catch (RuntimeException e) {
      LOG.error("trust {}: looking at the CRL {} failed", settings.name(), source, e);
    }
    if (fresh) {
      epoch.incrementAndGet();
      changed.run();
    }
  }

  /** Counts the lists that came: what was worked out under another number is out of date. */
  long epoch() {
    return epoch.get();
  }

  /** The newest of each that may be about {@code path}. */
  List<CertificateList> lists(VerifiedPath path) {
    List<CertificateList> lists = new ArrayList<>();
    configured.forEach(source -> source.last().ifPresent(lists::add));
    for (URI url : urls(path)) {
      synchronized (certified) {
        Optional.ofNullable(certified.get(url)).flatMap(CrlSource::last).ifPresent(lists::add);
      }
    }
    return lists;
  }

  /** Whether {@link #learn} would fetch something. */
  boolean hasNew(VerifiedPath path) {
    if (looked.getCount() > 0) {
      return true;
    }
    synchronized (certified) {
      return !certified.keySet().containsAll(urls(path));
    }
  }

  /** Waits for the first look, and fetches what {@code path} names and is not here yet. */
  void learn(VerifiedPath path) {
    try {
      boolean _ = looked.await(FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    List<URI> urls = urls(path);
    if (!urls.isEmpty()) {
      know(path.certificates().subList(1, path.certificates().size()));
      urls.forEach(url -> refreshIfDue(certified(url)));
    }
  }

  /** CAs of a verified path; more than a few of them are somebody's game. */
  private void know(List<Certificate> authorities) {
    synchronized (signers) {
      authorities.stream().filter(_ -> signers.size() < MAX_SIGNERS).forEach(signers::add);
    }
  }

  private CrlSource certified(URI url) {
    synchronized (certified) {
      CrlSource known = certified.get(url);
      if (known == null) {
        if (certified.size() >= MAX_CERTIFIED) {
          certified.remove(certified.keySet().iterator().next());
        }
        known = source(new Location.AtUrl(url), settings.privateAddresses(), LARGEST_CERTIFIED);
        certified.put(url, known);
      }
      return known;
    }
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
  }
}
