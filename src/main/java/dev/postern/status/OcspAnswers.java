package dev.postern.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.revocation.OcspResponse;
import dev.postern.status.StatusSettings.Ocsp;
import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.status.StatusSettings.Reach;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What OCSP responders said, per certificate, until they said to ask again. What cannot be relied
 * on is forgotten at once, and asked for again soon.
 */
final class OcspAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(OcspAnswers.class);

  private static final int LARGEST = 64 * 1024;
  private static final int REMEMBERED = 10_000;
  private static final Duration WITHIN = Duration.ofSeconds(5);

  /** How long a responder that failed is left alone. */
  private static final Duration REST = Duration.ofSeconds(15);

  /** How long an answer without nextUpdate is used before asking again. */
  private static final Duration UNDATED = Duration.ofMinutes(5);

  private final StatusSettings settings;
  private final HttpFetch fetch;
  private final BiPredicate<Certificate, OcspResponse> isBelieved;
  private final Map<Bytes, CompletableFuture<Held>> asking = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final Cache<Bytes, Held> held =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  /** Empty when nothing could be learned; to be asked again at {@code until}. */
  record Held(Optional<OcspResponse> response, Instant until) {}

  /** {@code isBelieved}: whether an answer tells a certificate's status now. */
  OcspAnswers(
      StatusSettings settings,
      HttpFetch fetch,
      BiPredicate<Certificate, OcspResponse> isBelieved,
      InstantSource clock) {
    this.isBelieved = isBelieved;
    this.settings = settings;
    this.fetch = fetch;
    this.clock = clock;
  }

  /** The responder that there is for {@code certificate}, and that may be asked. */
  Optional<URI> responder(Certificate certificate) {
    return switch (settings.ocsp()) {
      case Ocsp.Nobody() -> Optional.empty();
      case Ocsp.Responder(URI url) -> Optional.of(url);
      case Ocsp.AsCertified() ->
          settings.reach() == Reach.CERTIFICATE ? certified(certificate) : Optional.empty();
    };
  }

  private static Optional<URI> certified(Certificate certificate) {
    try {
      Optional<AuthorityInformationAccess> access =
          certificate.extension(
              Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance);
      if (access.isPresent()) {
        for (AccessDescription each : access.get().getAccessDescriptions()) {
          GeneralName location = each.getAccessLocation();
          if (each.getAccessMethod().equals(AccessDescription.id_ad_ocsp)
              && location.getTagNo() == GeneralName.uniformResourceIdentifier) {
            return Optional.of(URI.create(location.getName().toString()));
          }
        }
      }
    } catch (MalformedException | IllegalArgumentException e) {
      LOG.info("{} names no responder that could be asked: {}", certificate, e.getMessage());
    }
    return Optional.empty();
  }

  /** What is known and still fresh at {@code at}. */
  Optional<Held> known(Certificate certificate, Instant at) {
    return Optional.ofNullable(held.getIfPresent(certificate.fingerprint()))
        .filter(each -> at.isBefore(each.until()));
  }

  /** Asks, and waits; whoever comes while another asks the same waits for that answer. */
  void learn(Certificate certificate, Certificate issuer, URI responder) {
    Bytes key = certificate.fingerprint();
    var mine = new CompletableFuture<Held>();
    CompletableFuture<Held> first = asking.putIfAbsent(key, mine);
    if (first != null) {
      Held _ = first.join();
      return;
    }
    Held answer = new Held(Optional.empty(), clock.instant().plus(REST));
    try {
      if (known(certificate, clock.instant()).isEmpty()) {
        answer = ask(certificate, issuer, responder);
        held.put(key, answer);
      }
    } finally {
      asking.remove(key);
      mine.complete(answer);
    }
  }

  private Held ask(Certificate certificate, Certificate issuer, URI responder) {
    Instant now = clock.instant();
    boolean configured = settings.ocsp() instanceof Ocsp.Responder;
    try {
      HttpFetch.Answer answer =
          fetch.ask(
              new HttpFetch.Question(
                  responder,
                  Optional.of(request(certificate, issuer)),
                  Map.of(
                      "content-type", "application/ocsp-request",
                      "accept", "application/ocsp-response"),
                  LARGEST,
                  WITHIN,
                  configured ? PrivateAddresses.ALLOWED : settings.privateAddresses()));
      if (answer.status() != 200) {
        throw new FetchFailure("answers " + answer.status());
      }
      OcspResponse response = OcspResponse.parse(answer.body());
      if (!isBelieved.test(certificate, response)) {
        throw new FetchFailure("answers what cannot be relied on");
      }
      return new Held(Optional.of(response), until(response, now));
    } catch (FetchFailure e) {
      LOG.warn("trust {}: OCSP {}: {}", settings.name(), responder, e.getMessage());
    } catch (MalformedException e) {
      LOG.warn(
          "trust {}: {} answers what is no OCSP response: {}",
          settings.name(),
          responder,
          e.getMessage());
    }
    return new Held(Optional.empty(), now.plus(REST));
  }

  private Instant until(OcspResponse response, Instant now) {
    Instant latest = now.plus(settings.maxAge());
    Instant until =
        response
            .basic()
            .flatMap(basic ->
                basic.responses().stream()
                    .flatMap(each -> each.nextUpdate().stream())
                    .min(Instant::compareTo))
            .orElse(response.basic().isPresent() ? now.plus(UNDATED) : now.plus(REST));
    if (until.isBefore(now)) {
      return now.plus(REST); // stale already; the checker says so
    }
    return until.isAfter(latest) ? latest : until;
  }

  /** RFC 5019 §2.1.1: one certificate, SHA-1, which every responder knows; no nonce. */
  static Bytes request(Certificate certificate, Certificate issuer) {
    var id =
        new CertID(
            new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE),
            new DEROctetString(Parsing.encode(issuer.subject().structure()).sha1().toArray()),
            new DEROctetString(
                Bytes.of(issuer.publicKey().structure().getPublicKeyData().getOctets())
                    .sha1()
                    .toArray()),
            new ASN1Integer(certificate.serialNumber().value()));
    var list = new DERSequence(new Request(id, null));
    return Parsing.encode(new OCSPRequest(new TBSRequest(null, list, (Extensions) null), null));
  }
}
