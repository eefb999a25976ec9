package dev.postern.enrol;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.web.Layout;
import dev.postern.x509.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * What {@code enrol/me.jte} shows.
 *
 * @param until the end of the certificate that was shown
 * @param late that is soon
 * @param mayEnrol whether there is a page to make another certificate with
 * @param revoked the person just revoked one
 */
public record MePage(
    Layout layout,
    ResourceBundle texts,
    String organization,
    String person,
    String until,
    boolean late,
    List<Row> rows,
    boolean mayEnrol,
    boolean revoked) {
  /** When renewing is suggested. */
  private static final Duration LATE = Duration.ofDays(30);

  public String text(String key) {
    return texts
        .getString(key)
        .replace("{person}", person)
        .replace("{organization}", organization)
        .replace("{until}", until);
  }

  /** A certificate in a person's terms. */
  public record Row(
      String name,
      String serial,
      String tail,
      String issued,
      String until,
      String state,
      boolean here,
      boolean good) {
    static Row of(Entry entry, Certificate shown, Instant now, ResourceBundle texts) {
      Certificate certificate = entry.certificate();
      String state =
          entry
              .revoked()
              .map(how -> StatusChange.isHold(how) ? "suspended" : "revoked")
              .orElse(now.isAfter(certificate.notAfter()) ? "expired" : "good");
      return new Row(
          certificate.subject().commonName().orElse(certificate.subject().toString()),
          certificate.serialNumber().hex(),
          certificate.serialNumber().tail(),
          date(entry.issuedAt(), texts),
          date(certificate.notAfter(), texts),
          texts.getString("state." + state),
          certificate.equals(shown),
          state.equals("good") || state.equals("suspended"));
    }
  }

  static boolean isLate(Certificate certificate, Instant now) {
    return now.plus(LATE).isAfter(certificate.notAfter());
  }

  static String date(Instant instant, ResourceBundle texts) {
    return DateTimeFormatter.ofPattern("d MMMM uuuu")
        .localizedBy(Locale.forLanguageTag(texts.getString("lang")))
        .format(instant.atOffset(ZoneOffset.UTC));
  }
}
