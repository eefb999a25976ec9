package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;
import java.util.Optional;

/** What {@code enrol/certificate.jte} shows to somebody who brought a key of their own. */
public record CertificatePage(
    Layout layout, Language texts, String pem, String path, Optional<String> welcome) {
  public String text(String key) {
    return texts.text(key);
  }
}
