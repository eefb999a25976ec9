package dev.postern.enrol;

import dev.postern.web.Layout;
import java.util.Optional;
import java.util.ResourceBundle;

/** What {@code enrol/certificate.jte} shows to somebody who brought a key of their own. */
public record CertificatePage(
    Layout layout, ResourceBundle texts, String pem, String path, Optional<String> welcome) {
  public String text(String key) {
    return texts.getString(key);
  }
}
