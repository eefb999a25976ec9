package dev.postern.cli.inspect;

import dev.postern.authority.WeakKeys;
import dev.postern.cli.inspect.Finding.Fact;
import dev.postern.cli.inspect.Finding.Level;
import dev.postern.cli.inspect.Finding.Warning;
import dev.postern.revocation.CertificateList;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.GeneralName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Requests, CRLs and keys in plain words. */
final class OtherFindings {
  private OtherFindings() {}

  static Finding of(CertificationRequest request) {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "Subject", request.subject().isEmpty() ? "(empty)" : request.subject().toString()));
    if (!request.subjectAlternativeNames().isEmpty()) {
      facts.add(
          new Fact(
              "Names",
              request.subjectAlternativeNames().stream()
                  .map(GeneralName::text)
                  .collect(Collectors.joining(", "))));
    }
    facts.add(new Fact("Key", request.publicKey().algorithm().label()));
    facts.add(new Fact("Signed with", request.signatureAlgorithm()));
    List<Warning> warnings = new ArrayList<>();
    if (!request.provesPossession()) {
      warnings.add(
          new Warning(
              Level.BAD,
              "bad-signature",
              "is not signed by the key it carries: it was changed or damaged, and no CA will take it",
              "make a new request"));
    }
    WeakKeys.weakness(request.publicKey())
        .ifPresent(reason ->
            warnings.add(
                new Warning(
                    Level.BAD, "weak-key", "its key is unsafe: " + reason, "make a new key")));
    if (request.subjectAlternativeNames().isEmpty()) {
      warnings.add(
          new Warning(
              Level.CAREFUL,
              "no-san",
              "asks for no subject alternative name; a server certificate needs one",
              "postern sign FILE --profile server --name dns:HOST"));
    }
    return new Finding("certification-request", "Certificate request (CSR)", facts, warnings);
  }

  static Finding of(CertificateList crl, Instant now) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Issuer", crl.issuer().toString()));
    facts.add(new Fact("Made", CertificateFindings.DAY.format(crl.thisUpdate())));
    crl.nextUpdate()
        .ifPresent(next -> facts.add(new Fact("Next due", CertificateFindings.DAY.format(next))));
    crl.crlNumber().ifPresent(number -> facts.add(new Fact("Number", number.toString())));
    facts.add(
        new Fact(
            "Revoked", crl.entries() == 1 ? "1 certificate" : crl.entries() + " certificates"));
    facts.add(new Fact("Signed with", crl.signatureAlgorithm()));
    List<Warning> warnings = new ArrayList<>();
    if (crl.nextUpdate().isEmpty()) {
      warnings.add(
          new Warning(
              Level.CAREFUL,
              "no-next-update",
              "does not say when the next one is due (RFC 5280 §5.1.2.5)",
              ""));
    } else if (now.isAfter(crl.nextUpdate().get())) {
      warnings.add(
          new Warning(
              Level.BAD,
              "stale",
              "is stale: its successor was due on "
                  + CertificateFindings.DAY.format(crl.nextUpdate().get()),
              "fetch the current one; programs that check revocation refuse everybody until then"));
    }
    return new Finding("crl", "Certificate revocation list (CRL)", facts, warnings);
  }

  /** A private key, which is never opened: only whether anybody could. */
  static Finding privateKey(String label, boolean encrypted) {
    List<Warning> warnings =
        encrypted
            ? List.of()
            : List.of(
                new Warning(
                    Level.BAD,
                    "unencrypted-key",
                    "is not encrypted: whoever reads this file can act in its name",
                    "openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out FILE.new, then delete this one"));
    return new Finding(
        "private-key",
        encrypted ? "Private key, encrypted" : "Private key",
        List.of(new Fact("Form", label)),
        warnings);
  }
}
