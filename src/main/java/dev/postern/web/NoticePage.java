package dev.postern.web;

import dev.postern.x509.Certificate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/** What the template {@code notice.jte} shows. */
public record NoticePage(Notice notice, Language texts, String style) {
  /**
   * The end of a certificate is near.
   *
   * @param host what was asked for
   * @param onward the same page there, from its first slash on
   */
  public record Notice(
      Certificate certificate, Instant now, URI renewal, String host, String onward) {}

  public String title() {
    long days = Duration.between(notice.now(), notice.certificate().notAfter()).toDays();
    String key = days == 0 ? "notice.today" : days == 1 ? "notice.day" : "notice.days";
    return texts.text(key).replace("{days}", Long.toString(days));
  }

  public ExplanationPage.Shown shown() {
    return ExplanationPage.Shown.of(notice.certificate(), texts);
  }

  public String renewal() {
    return notice.renewal().toString();
  }

  public String onward() {
    return notice.onward();
  }

  public String text(String key) {
    return texts.text(key).replace("{host}", notice.host());
  }
}
