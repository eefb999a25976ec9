package dev.postern.publish;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.revocation.IssuedStatus;
import dev.postern.revocation.OcspAnswer;
import dev.postern.revocation.OcspAnswer.Refusal;
import dev.postern.revocation.OcspQuestion;
import dev.postern.revocation.OcspResponder;
import dev.postern.revocation.StatusLookup;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import dev.postern.x509.Signer.SignerUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers OCSP requests. The status is asked for each of them: a revocation is in the very next
 * answer, or moments later when another process made it, as at the gateway (decision 0008). What is
 * kept is the signature over an answer that is still true.
 */
public final class OcspService {
  private static final Logger LOG = LoggerFactory.getLogger(OcspService.class);

  /** Of answers: some 10 000, fewer where they are large. */
  private static final int MAX_KEPT_BYTES = 16 * 1024 * 1024;

  /** Of octets; longer requests are signed, or padded, and no client sends the same again. */
  private static final int MAX_REMEMBERED = 256;

  private static final IssuedStatus GOOD = new IssuedStatus.Good();

  /** What an answer holds beside its octets. */
  private static final int OVERHEAD = 300;

  private final LongAdder remembered = new LongAdder();
  private final LongAdder signed = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /**
   * Answers so far.
   *
   * @param remembered that were signed before
   * @param signed for the one who asked
   * @param refused without a signature: unreadable questions, or a ledger that cannot be read
   */
  public record Counts(long remembered, long signed, long refused) {}

  /** Who signs, for now. */
  public record Responder(Certificate certificate, Signer signer) {}

  /**
   * What to send.
   *
   * @param cacheable whether others may repeat it: nothing in it is for one client alone
   */
  record Answer(Bytes der, Instant thisUpdate, Instant nextUpdate, boolean cacheable) {
    PublicFile file() {
      return new PublicFile(PublicFile.OCSP, der, thisUpdate, Optional.of(nextUpdate));
    }
  }

  private record Kept(IssuedStatus status, Certificate by, Answer answer) {}

  /** An answer ready to be sent again, to requests of these very octets. */
  private record Ready(SerialNumber about, Kept kept, PublicFile file) {}

  private final OcspResponder responder;
  private final StatusLookup statuses;
  private final Supplier<Responder> signing;
  private final Duration validity;
  private final InstantSource clock;

  /** By CertID, of which each certificate has but a few. */
  private final Cache<Bytes, Kept> kept =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_BYTES)
          .weigher(
              (Bytes certId, Kept each) -> certId.size() + each.answer().der().size() + OVERHEAD)
          .executor(Runnable::run)
          .build();

  /** By request. */
  private final Cache<Bytes, Ready> ready =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_BYTES)
          .weigher((Bytes request, Ready each) ->
              request.size() + each.file().content().size() + 2 * OVERHEAD)
          .executor(Runnable::run)
          .build();

  /**
   * @param statuses of the issuer's own certificates, as of now; {@link LedgerUnavailable} when
   *     that cannot be known
   * @param signing the responder of this moment
   */
  public OcspService(
      IssuerCertificate issuer,
      StatusLookup statuses,
      Supplier<Responder> signing,
      Duration validity,
      InstantSource clock) {
    this.responder = new OcspResponder(issuer.certificate());
    this.statuses = statuses;
    this.signing = signing;
    this.validity = validity;
    this.clock = clock;
  }

  /**
   * What was answered to the very same octets, if it is still true: found without waiting, reading
   * or signing. Empty: {@link #answer} knows more.
   */
  Optional<PublicFile> again(Bytes request) {
    Ready found = ready.getIfPresent(request);
    if (found == null
        || !isYoung(found.kept().answer())
        || !isNow(found.about(), found.kept().status())
        || !isNow(found.kept().by().serialNumber(), GOOD)) {
      return Optional.empty();
    }
    remembered.increment();
    return Optional.of(found.file());
  }

  private boolean isNow(SerialNumber serial, IssuedStatus status) {
    Optional<IssuedStatus> now = statuses.recall(serial);
    return now.isPresent() && now.get().equals(status);
  }

  /** Always an OCSPResponse; what is wrong stands in it. */
  Answer answer(Bytes request) {
    try {
      OcspQuestion question = OcspQuestion.parse(request);
      OcspQuestion.Asked first = question.asked().getFirst();
      if (question.nonce().isPresent() || question.asked().size() > 1 || !responder.isOurs(first)) {
        return sign(question, statuses::of, false);
      }
      IssuedStatus status = statuses.of(first.serial());
      if (status instanceof IssuedStatus.NeverIssued) {
        return sign(question, _ -> status, false); // might be issued yet, and anybody can ask a lot
      }
      Kept lasting = kept(question, status);
      if (request.size() <= MAX_REMEMBERED) {
        ready.put(request, new Ready(first.serial(), lasting, lasting.answer().file()));
      }
      return lasting.answer();
    } catch (MalformedException e) {
      return refusal(Refusal.MALFORMED_REQUEST);
    } catch (LedgerUnavailable | SignerUnavailable e) {
      LOG.error("an OCSP request was not answered: {}", e.getMessage());
      return refusal(Refusal.TRY_LATER);
    } catch (IllegalStateException | IllegalArgumentException e) {
      LOG.error("an OCSP request was not answered", e);
      return refusal(Refusal.INTERNAL_ERROR);
    }
  }

  /** An answer to send along with a server's certificate (RFC 6066 §8). */
  public record Staple(Bytes der, Instant nextUpdate) {}

  /** About one of the issuer's own certificates; empty when there is no good answer to be had. */
  public Optional<Staple> staple(SerialNumber serial) {
    try {
      IssuedStatus status = statuses.of(serial);
      if (status instanceof IssuedStatus.NeverIssued) {
        return Optional.empty();
      }
      Answer answer = kept(responder.question(serial), status).answer();
      return Optional.of(new Staple(answer.der(), answer.nextUpdate()));
    } catch (LedgerUnavailable | SignerUnavailable e) {
      LOG.warn("nothing to staple for {}: {}", serial, e.getMessage());
      return Optional.empty();
    }
  }

  public Counts counts() {
    return new Counts(remembered.sum(), signed.sum(), refused.sum());
  }

  private Answer refusal(Refusal refusal) {
    refused.increment();
    Instant now = clock.instant();
    return new Answer(refusal.der(), now, now, false);
  }

  /** About one certificate, of this status, for anybody who asks. */
  private Kept kept(OcspQuestion question, IssuedStatus status) {
    Bytes certId = question.asked().getFirst().certId();
    Certificate by = signing.get().certificate();
    Kept known = kept.getIfPresent(certId);
    if (known != null
        && known.status().equals(status)
        && known.by().equals(by)
        && isYoung(known.answer())) {
      remembered.increment();
      return known;
    }
    var fresh = new Kept(status, by, sign(question, _ -> status, true));
    kept.put(certId, fresh);
    return fresh;
  }

  /** In its second half an answer is replaced, so that copies of it live a while. */
  private boolean isYoung(Answer answer) {
    Duration half = Duration.between(answer.thisUpdate(), answer.nextUpdate()).dividedBy(2);
    Instant now = clock.instant();
    return !now.isBefore(answer.thisUpdate()) && now.isBefore(answer.thisUpdate().plus(half));
  }

  private Answer sign(
      OcspQuestion question, Function<SerialNumber, IssuedStatus> statuses, boolean cacheable) {
    signed.increment();
    Responder by = signing.get();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant end = now.plus(validity);
    if (end.isAfter(by.certificate().notAfter())) {
      end = by.certificate().notAfter();
    }
    OcspAnswer answer = responder.answer(question, statuses, now, end);
    return new Answer(answer.sign(by.signer(), by.certificate()), now, end, cacheable);
  }
}
