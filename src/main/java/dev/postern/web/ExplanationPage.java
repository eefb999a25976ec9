package dev.postern.web;

import dev.postern.x509.Certificate;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** What the template {@code explanation.jte} shows. */
public record ExplanationPage(Explanation explanation, ResourceBundle texts, String style) {
  /** The certificate in a person's terms. */
  public record Shown(String name, String issuer, String serialTail, String validUntil) {
    static Shown of(Certificate certificate, ResourceBundle texts) {
      return new Shown(
          certificate.subject().commonName().orElse(certificate.subject().toString()),
          certificate.issuer().commonName().orElse(certificate.issuer().toString()),
          certificate.serialNumber().tail(),
          Pages.moment(certificate.notAfter(), texts));
    }
  }

  public String title() {
    return explanation.problem().title();
  }

  public String detail() {
    return Sentence.of(explanation.problem().detail());
  }

  public String reference() {
    return explanation.reference();
  }

  public String text(String key) {
    return texts.getString(key);
  }

  public @Nullable Shown shown() {
    return explanation.certificate().map(certificate -> Shown.of(certificate, texts)).orElse(null);
  }

  /** What it takes to be asked for another certificate, where that can help. */
  public @Nullable String hint() {
    String key = "hint." + explanation.problem().code();
    return texts.containsKey(key) ? texts.getString(key) : null;
  }

  public @Nullable String again() {
    return explanation.again().orElse(null);
  }

  public Explanation.@Nullable Action action() {
    return explanation.action().orElse(null);
  }
}
