package dev.postern.revocation;

import dev.postern.path.PathRules;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.TestChain;
import dev.postern.path.TestChain.Party;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Questions to a {@link RevocationChecker}, in few words. */
final class TestStatus {
  static final RevocationChecker CHECKER = new RevocationChecker(new PathValidator());

  private TestStatus() {}

  static VerifiedPath path(Party leaf, Party root, Party... between) {
    return switch (TestChain.validate(
        Purpose.ANY, PathRules.DEFAULT, leaf, List.of(root.anchor()), between)) {
      case PathValidation.Valid(VerifiedPath path) -> path;
      case PathValidation.Invalid(var problem) ->
          throw new IllegalStateException(problem.toString());
    };
  }

  static Evidence crls(CertificateList... crls) {
    return new Evidence(List.of(crls), List.of(), List.of(), Optional.empty());
  }

  static Evidence ocsp(OcspResponse... responses) {
    return new Evidence(List.of(), List.of(responses), List.of(), Optional.empty());
  }

  static Evidence with(Evidence evidence, Party... parties) {
    List<Certificate> certificates = Arrays.stream(parties).map(Party::certificate).toList();
    return new Evidence(evidence.crls(), evidence.ocsp(), certificates, evidence.maxAge());
  }

  /** {@code good}, {@code unknown}, or the reason of the revocation. */
  static String word(RevocationStatus status) {
    return switch (status) {
      case RevocationStatus.Good _ -> "good";
      case RevocationStatus.Revoked(var _, CrlReason reason) -> reason.word();
      case RevocationStatus.Unknown _ -> "unknown";
    };
  }

  static String evidence(RevocationStatus status) {
    return switch (status) {
      case RevocationStatus.Unknown(String evidence) -> evidence;
      case RevocationStatus.Good _, RevocationStatus.Revoked _ ->
          throw new AssertionError("is known: " + status);
    };
  }
}
