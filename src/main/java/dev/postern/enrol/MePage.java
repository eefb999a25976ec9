package dev.postern.enrol;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.SignInStore.LastUse;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.web.Language;
import dev.postern.web.Layout;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code enrol/me.jte} shows.
 *
 * @param until the end of the certificate that was shown
 * @param late that is soon
 * @param newer there is another for this device that ends later
 * @param mayEnrol whether there is a page to make another certificate with
 * @param revoked the person just revoked one
 */
public record MePage(
    Layout layout,
    Language texts,
    String organization,
    String person,
    String until,
    boolean late,
    List<Row> rows,
    boolean newer,
    boolean mayEnrol,
    boolean revoked) {
  public String text(String key) {
    return texts
        .text(key)
        .replace("{person}", person)
        .replace("{organization}", organization)
        .replace("{until}", until);
  }

  /**
   * A certificate in a person's terms.
   *
   * @param until what its time is over at, or was
   */
  public record Row(
      String name,
      String serial,
      String tail,
      String issued,
      String until,
      String used,
      String state,
      boolean here,
      boolean good,
      boolean revocable) {
    /** {@code uses}: of each certificate that was let in before, by its serial number. */
    static Row of(
        Entry entry, Certificate shown, Map<String, LastUse> uses, Instant now, Language texts) {
      Certificate certificate = entry.certificate();
      Optional<LastUse> use = Optional.ofNullable(uses.get(certificate.serialNumber().hex()));
      String state =
          entry
              .revoked()
              .map(how -> StatusChange.isHold(how) ? "suspended" : "revoked")
              .orElse(now.isAfter(certificate.notAfter()) ? "expired" : "good");
      return new Row(
          certificate.subject().commonName().orElse(certificate.subject().toString()),
          certificate.serialNumber().hex(),
          certificate.serialNumber().tail(),
          texts.longDay(entry.issuedAt()),
          texts
              .text("me.until." + state)
              .replace(
                  "{day}",
                  texts.longDay(
                      entry.revoked().map(Revoked::revocationTime).orElse(certificate.notAfter()))),
          certificate.equals(shown)
              ? texts.text("me.used.now")
              : use.map(each -> lastUse(each, texts)).orElse(texts.text("me.used.never")),
          texts.text("state." + state),
          certificate.equals(shown),
          state.equals("good"),
          !state.equals("revoked"));
    }
  }

  private static String lastUse(LastUse use, Language texts) {
    return texts
        .text("me.used")
        .replace("{when}", texts.longDay(use.at()))
        .replace("{from}", use.address());
  }
}
