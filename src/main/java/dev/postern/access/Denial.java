package dev.postern.access;

import dev.postern.path.PathProblem;
import dev.postern.revocation.RevocationStatus;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why somebody was not let in, with what an explanation needs. The codes are stable. */
public sealed interface Denial {
  record NoCertificate() implements Denial {}

  /**
   * Its time is over.
   *
   * @param renewable until when its holder can still renew it, if at all
   */
  record Expired(Certificate certificate, Optional<Instant> renewable) implements Denial {
    public Expired(Certificate certificate) {
      this(certificate, Optional.empty());
    }
  }

  record NotYetValid(Certificate certificate) implements Denial {}

  record UntrustedIssuer(Certificate certificate) implements Denial {}

  record WrongPurpose(Certificate certificate, String evidence) implements Denial {}

  /** Any other fault of the path. */
  record InvalidPath(PathProblem problem) implements Denial {}

  /** Bytes that are no certificate at all. */
  record UnreadableCertificate(String evidence) implements Denial {}

  record Revoked(Certificate certificate, RevocationStatus.Revoked how) implements Denial {}

  /** Nobody can say now whether it was revoked. */
  record StatusUnknown(Certificate certificate, String evidence) implements Denial {}

  record UnknownUser(Certificate certificate) implements Denial {}

  record UserDisabled(Certificate certificate, User disabled) implements Denial {}

  /** Known, but {@code deciding} let others in; none: no rule fits. */
  record NotPermitted(Identity identity, List<Rule> deciding) implements Denial {
    public NotPermitted {
      deciding = List.copyOf(deciding);
    }
  }

  /** The word in problem documents, logs and metrics. */
  default String code() {
    return switch (this) {
      case NoCertificate() -> "no-certificate";
      case Expired _ -> "expired";
      case NotYetValid _ -> "not-yet-valid";
      case UntrustedIssuer _ -> "untrusted-issuer";
      case WrongPurpose _ -> "wrong-purpose";
      case InvalidPath _, UnreadableCertificate _ -> "invalid-path";
      case Revoked _ -> "revoked";
      case StatusUnknown _ -> "status-unknown";
      case UnknownUser _ -> "unknown-user";
      case UserDisabled _ -> "user-disabled";
      case NotPermitted _ -> "not-permitted";
    };
  }

  /** What was seen, for whoever keeps the door: it goes to the log, not to who stands before it. */
  default Optional<String> cause() {
    return switch (this) {
      case InvalidPath(PathProblem problem) ->
          Optional.of(problem.code().word() + ": " + problem.evidence());
      case WrongPurpose(_, String evidence) -> Optional.of(evidence);
      case UnreadableCertificate(String evidence) -> Optional.of(evidence);
      case StatusUnknown(_, String evidence) -> Optional.of(evidence);
      case Revoked(_, RevocationStatus.Revoked how) ->
          Optional.of(how.reason().word() + " since " + how.revocationTime());
      case NoCertificate _,
          Expired _,
          NotYetValid _,
          UntrustedIssuer _,
          UnknownUser _,
          UserDisabled _ ->
          Optional.empty();
      case NotPermitted(_, List<Rule> deciding) ->
          Optional.of(
              deciding.isEmpty()
                  ? "no rule fits"
                  : deciding.stream().map(Rule::text).collect(Collectors.joining("; ")));
    };
  }

  /** Whom it concerns, where that is known: for the log, never for the page. */
  default Optional<User> user() {
    return switch (this) {
      case UserDisabled(_, User disabled) -> Optional.of(disabled);
      case NotPermitted(Identity identity, _) -> Optional.of(identity.user());
      case NoCertificate(),
          Expired _,
          NotYetValid _,
          UntrustedIssuer _,
          WrongPurpose _,
          InvalidPath _,
          UnreadableCertificate _,
          Revoked _,
          StatusUnknown _,
          UnknownUser _ ->
          Optional.empty();
    };
  }

  /** The certificate that was judged, if one could be read. */
  default Optional<Certificate> about() {
    return switch (this) {
      case NoCertificate(), UnreadableCertificate _ -> Optional.empty();
      case Expired(Certificate certificate, _) -> Optional.of(certificate);
      case NotYetValid(Certificate certificate) -> Optional.of(certificate);
      case UntrustedIssuer(Certificate certificate) -> Optional.of(certificate);
      case WrongPurpose(Certificate certificate, _) -> Optional.of(certificate);
      case InvalidPath(PathProblem problem) -> Optional.of(problem.certificate());
      case Revoked(Certificate certificate, _) -> Optional.of(certificate);
      case StatusUnknown(Certificate certificate, _) -> Optional.of(certificate);
      case UnknownUser(Certificate certificate) -> Optional.of(certificate);
      case UserDisabled(Certificate certificate, _) -> Optional.of(certificate);
      case NotPermitted(Identity identity, _) -> Optional.of(identity.certificate());
    };
  }
}
