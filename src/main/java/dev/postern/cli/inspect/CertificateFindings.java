package dev.postern.cli.inspect;

import dev.postern.authority.WeakKeys;
import dev.postern.cli.inspect.Finding.Fact;
import dev.postern.cli.inspect.Finding.Level;
import dev.postern.cli.inspect.Finding.Warning;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A certificate in plain words, and what is wrong with it. */
final class CertificateFindings {
  static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Warned of this long before its end. */
  private static final Duration SOON = Duration.ofDays(30);

  /** Browsers refuse server certificates that last longer. */
  private static final Duration LONGEST_SERVER = Duration.ofDays(398);

  private final Certificate certificate;
  private final Instant now;
  private final List<Warning> warnings = new ArrayList<>();

  private CertificateFindings(Certificate certificate, Instant now) {
    this.certificate = certificate;
    this.now = now;
  }

  static Finding of(Certificate certificate, Instant now) {
    var findings = new CertificateFindings(certificate, now);
    findings.time();
    findings.version();
    findings.names();
    findings.usage();
    findings.key();
    findings.signature();
    findings.serial();
    return new Finding("certificate", findings.title(), findings.facts(), findings.warnings);
  }

  private String title() {
    String what =
        certificate.isCa()
            ? certificate.isSelfIssued() ? "Root CA certificate" : "CA certificate"
            : certificate.isSelfIssued() ? "Self-signed certificate" : purpose() + " certificate";
    return what + " \"" + shortName() + "\"";
  }

  private String purpose() {
    if (certificate.extendedKeyUsage().isEmpty()) {
      return "All-purpose";
    }
    boolean client = certificate.extendedKeyUsage().get().contains(KeyPurpose.CLIENT_AUTH);
    boolean server = certificate.extendedKeyUsage().get().contains(KeyPurpose.SERVER_AUTH);
    return client && server
        ? "Client and server"
        : client ? "Client" : server ? "Server" : "Special-purpose";
  }

  private String shortName() {
    return certificate
        .subject()
        .commonName()
        .or(() -> certificate.subjectAlternativeNames().stream().findFirst().map(GeneralName::text))
        .orElseGet(
            () -> certificate.subject().isEmpty() ? "no name" : certificate.subject().toString());
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "Subject",
            certificate.subject().isEmpty() ? "(empty)" : certificate.subject().toString()));
    certificate.subject().userId().ifPresent(user -> facts.add(new Fact("User", user)));
    if (!certificate.subjectAlternativeNames().isEmpty()) {
      facts.add(
          new Fact(
              "Names",
              certificate.subjectAlternativeNames().stream()
                  .map(GeneralName::text)
                  .collect(Collectors.joining(", "))));
    }
    facts.add(
        new Fact(
            "Issuer", certificate.isSelfIssued() ? "itself" : certificate.issuer().toString()));
    facts.add(
        new Fact(
            "Valid",
            DAY.format(certificate.notBefore()) + " to " + DAY.format(certificate.notAfter())));
    facts.add(new Fact("For", uses()));
    facts.add(new Fact("Key", certificate.publicKey().algorithm().label()));
    facts.add(new Fact("Signed with", certificate.signatureAlgorithm()));
    facts.add(new Fact("Serial", certificate.serialNumber().hex()));
    facts.add(new Fact("SHA-256", certificate.fingerprint().colonHex()));
    return facts;
  }

  private String uses() {
    if (certificate.isCa()) {
      var length = certificate.basicConstraints().orElseThrow().pathLength();
      return "issuing certificates"
          + (length.isPresent() ? ", " + length.getAsInt() + " more CA below it" : "");
    }
    return certificate
        .extendedKeyUsage()
        .map(set -> set.stream().map(KeyPurpose::word).collect(Collectors.joining(", ")))
        .orElse("anything (it does not say)");
  }

  private void time() {
    if (now.isBefore(certificate.notBefore())) {
      bad(
          "not-yet-valid",
          "begins only on " + DAY.format(certificate.notBefore()),
          "check the clock of this machine");
    } else if (!certificate.validAt(now)) {
      bad(
          "expired",
          "ended "
              + days(Duration.between(certificate.notAfter(), now))
              + " ago, on "
              + DAY.format(certificate.notAfter()),
          "get a new one; nobody accepts it any more");
    } else if (Duration.between(now, certificate.notAfter()).compareTo(SOON) < 0) {
      careful(
          "expires-soon",
          "expires in " + days(Duration.between(now, certificate.notAfter())),
          "renew it before that");
    }
  }

  private static String days(Duration duration) {
    long days = duration.toDays();
    return days == 0 ? "less than a day" : days == 1 ? "1 day" : days + " days";
  }

  private void version() {
    if (certificate.version() < 3 && !certificate.isSelfIssued()) {
      bad(
          "version-1",
          "X.509 version "
              + certificate.version()
              + ": no extensions, so it cannot say who it is for",
          "issue it anew with `postern issue`; meanwhile a trust entry may take it with accept: [legacy-v1]");
    } else if (certificate.version() < 3) {
      bad(
          "version-1",
          "X.509 version "
              + certificate.version()
              + ": it cannot say that it is a CA, so strict programs refuse it as one",
          "make a new root, or let `postern init` do so");
    }
  }

  private void names() {
    if (certificate.isCa() || certificate.isSelfIssued()) {
      return;
    }
    boolean server =
        certificate
            .extendedKeyUsage()
            .map(set -> set.contains(KeyPurpose.SERVER_AUTH))
            .orElse(true);
    if (server && certificate.subjectAlternativeNames().isEmpty()) {
      bad(
          "no-san",
          "has no subject alternative name: browsers refuse it for a server, and ignore its CN",
          "postern issue server "
              + certificate
                  .subject()
                  .commonName()
                  .filter(CertificateFindings::isHostName)
                  .orElse("HOST"));
    }
    for (GeneralName name : certificate.subjectAlternativeNames()) {
      if (name instanceof GeneralName.DnsName(String dns) && dns.startsWith("*.")) {
        careful("wildcard", dns + " stands for every host below it", "");
      }
    }
  }

  private static boolean isHostName(String commonName) {
    return commonName.matches("[a-zA-Z0-9.-]+[.][a-zA-Z0-9.-]+");
  }

  private void usage() {
    if (certificate.isCa()) {
      if (certificate.keyUsage().isEmpty()) {
        careful(
            "no-key-usage",
            "a CA without key usage: RFC 5280 §4.2.1.3 wants keyCertSign and cRLSign",
            "");
      } else if (!certificate.keyUsage().get().contains(KeyUsage.KEY_CERT_SIGN)) {
        bad(
            "no-cert-sign",
            "a CA that may not sign certificates (no keyCertSign)",
            "make a new CA certificate");
      }
    } else if (certificate.extendedKeyUsage().isEmpty()) {
      careful(
          "no-eku",
          "has no extended key usage: it passes for a server, a client, or anything",
          "issue server and client certificates apart");
    } else if (certificate.extendedKeyUsage().get().contains(KeyPurpose.SERVER_AUTH)
        && Duration.between(certificate.notBefore(), certificate.notAfter())
                .compareTo(LONGEST_SERVER.plusDays(1))
            > 0) {
      careful(
          "too-long",
          "lasts more than 398 days, which browsers refuse for public CAs and Safari for all",
          "");
    }
  }

  private void key() {
    WeakKeys.weakness(certificate.publicKey())
        .ifPresent(reason ->
            bad(
                "weak-key",
                "its key is unsafe: " + reason,
                "make a new key and a new certificate"));
    if (certificate.publicKey().algorithm().family() == KeyAlgorithm.Family.EDDSA) {
      careful(
          "unusual-key",
          "browsers do not sign in with " + certificate.publicKey().algorithm().label() + " keys",
          "use a P-256 key");
    }
  }

  private void signature() {
    String algorithm = certificate.signatureAlgorithm().toUpperCase(Locale.ROOT);
    if (!certificate.isSelfIssued()
        && (algorithm.contains("SHA1") || algorithm.contains("MD5") || algorithm.contains("MD2"))) {
      bad(
          "weak-signature",
          "signed with " + certificate.signatureAlgorithm() + ", which can be forged",
          "issue it anew");
    }
  }

  private void serial() {
    var serial = certificate.serialNumber().value();
    if (serial.signum() <= 0 || serial.bitLength() > 159) {
      careful(
          "bad-serial",
          "its serial number is not a positive number of at most 20 octets (RFC 5280 §4.1.2.2)",
          "");
    }
  }

  private void bad(String code, String text, String advice) {
    warnings.add(new Warning(Level.BAD, code, text, advice));
  }

  private void careful(String code, String text, String advice) {
    warnings.add(new Warning(Level.CAREFUL, code, text, advice));
  }
}
