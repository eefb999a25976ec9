package dev.postern.web;

import dev.postern.x509.Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** What the template {@code explanation.jte} shows. */
public record ExplanationPage(Explanation explanation, ResourceBundle texts, String style) {
  /** The certificate in a person's terms. */
  public record Shown(String name, String issuer, String serialTail, String validUntil) {
    static Shown of(Certificate certificate, Locale locale) {
      DateTimeFormatter date =
          DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
              .withLocale(locale)
              .withZone(ZoneOffset.UTC);
      return new Shown(
          certificate.subject().commonName().orElse(certificate.subject().toString()),
          certificate.issuer().commonName().orElse(certificate.issuer().toString()),
          certificate.serialNumber().tail(),
          date.format(certificate.notAfter()) + " UTC");
    }
  }

  public String title() {
    return explanation.problem().title();
  }

  public String detail() {
    return explanation.problem().detail();
  }

  public String reference() {
    return explanation.reference();
  }

  public String text(String key) {
    return texts.getString(key);
  }

  public @Nullable Shown shown() {
    return explanation
        .certificate()
        .map(certificate -> Shown.of(certificate, Locale.forLanguageTag(text("lang"))))
        .orElse(null);
  }

  public Explanation.@Nullable Action action() {
    return explanation.action().orElse(null);
  }
}
