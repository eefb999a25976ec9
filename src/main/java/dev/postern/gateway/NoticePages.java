package dev.postern.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.access.Identity;
import dev.postern.access.RenewalTime;
import dev.postern.web.NoticePage;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells people that their certificate ends, before the page that they asked for (decision 0014). At
 * most once a day for a certificate, and only who opens a page by hand: no program, script or frame
 * ever gets one instead of what it asked for.
 */
final class NoticePages {
  private static final Duration PAUSE = Duration.ofDays(1);

  /** Certificates; whoever is forgotten is told once more. */
  private static final int REMEMBERED = 100_000;

  private final Cache<Bytes, Instant> told =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  /** Whose certificate ends soon, where that is to be told in this way. */
  static Optional<Identity> ending(Visit visit, Notice how) {
    return visit.site().expiry().notices().contains(how)
        ? visit.identity().filter(who -> RenewalTime.hasCome(who.certificate(), visit.began()))
        : Optional.empty();
  }

  /** Where it can be renewed; certificates of other authorities nowhere here. */
  static Optional<URI> renewal(Visit visit, Identity who) {
    return who.authority().isOurs()
        ? visit.stream().service.snapshot().ways().renewal()
        : Optional.empty();
  }

  /** The page, if it comes now; from then on it was told. */
  Optional<Reply> page(Visit visit) {
    Optional<Identity> ending = ending(visit, Notice.PAGE);
    return ending.isEmpty() ? Optional.empty() : page(visit, ending.get());
  }

  private Optional<Reply> page(Visit visit, Identity who) {
    Certificate certificate = who.certificate();
    Optional<URI> renewal = renewal(visit, who);
    Optional<String> onward = visit.samePage();
    if (renewal.isEmpty()
        || onward.isEmpty()
        || !visit.bodyless()
        || !opensPage(visit.request())
        || !isDue(certificate.fingerprint(), visit.began())) {
      return Optional.empty();
    }
    var notice =
        new NoticePage.Notice(
            certificate, visit.began(), renewal.get(), visit.target().host(), onward.get());
    String languages = visit.request().headers().get(HttpHeaderNames.ACCEPT_LANGUAGE, "");
    return Optional.of(visit.stream().service.pages().notice(notice, languages));
  }

  private boolean isDue(Bytes fingerprint, Instant at) {
    Instant last = told.getIfPresent(fingerprint);
    if (last != null && at.isBefore(last.plus(PAUSE))) {
      return false;
    }
    told.put(fingerprint, at);
    return true;
  }

  /**
   * Fetch Metadata: a person typed the address, or followed a link of this very site. A request
   * that another site caused would come from us after the click, and so pass for one that this site
   * made: those go on untouched.
   */
  private static boolean opensPage(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String from = headers.get("sec-fetch-site", "");
    return request.method().equals(HttpMethod.GET)
        && headers.get("sec-fetch-mode", "").equals("navigate")
        && headers.get("sec-fetch-dest", "").equals("document")
        && (from.equals("none") || from.equals("same-origin"))
        && !headers.contains("sec-purpose") // prefetched, for somebody who may never look
        && !headers.contains("purpose")
        && !headers.contains(HttpHeaderNames.UPGRADE);
  }
}
