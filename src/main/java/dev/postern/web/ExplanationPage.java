package dev.postern.web;

import dev.postern.x509.Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the template {@code explanation.jte} shows. */
public record ExplanationPage(Explanation explanation, Language texts, String style) {
  /** The certificate in a person's terms. */
  public record Shown(String name, String issuer, String serialTail, String validUntil) {
    static Shown of(Certificate certificate, Language texts) {
      return new Shown(
          certificate.subject().commonName().orElse(certificate.subject().toString()),
          certificate.issuer().commonName().orElse(certificate.issuer().toString()),
          certificate.serialNumber().tail(),
          texts.longMoment(certificate.notAfter()));
    }
  }

  public String title() {
    return translated("title", explanation.problem().title());
  }

  public String detail() {
    return Sentence.of(translated("detail", explanation.problem().detail()));
  }

  /** A problem is made in English; another language has its own sentences, or may have. */
  private String translated(String part, String english) {
    Problem problem = explanation.problem();
    String key = "problem." + problem.key() + "." + part;
    return texts.isEnglish() || !texts.knows(key)
        ? english
        : texts.text(key).replace("{seen}", part.equals("title") ? english : problem.seen());
  }

  public String reference() {
    return explanation.reference();
  }

  public String text(String key) {
    return texts.text(key);
  }

  public @Nullable Shown shown() {
    return explanation.certificate().map(certificate -> Shown.of(certificate, texts)).orElse(null);
  }

  /** What it takes to be asked for another certificate, where that can help. */
  public @Nullable String hint() {
    String key = "hint." + explanation.problem().code();
    return texts.knows(key) && explanation.likely().isEmpty() ? texts.text(key) : null;
  }

  public List<String> likely() {
    return explanation.likely();
  }

  public @Nullable String again() {
    return explanation.again().orElse(null);
  }

  public Explanation.@Nullable Action action() {
    return explanation.action().orElse(null);
  }
}
