package dev.postern.enrol;

import dev.postern.web.Layout;
import java.util.List;
import java.util.ResourceBundle;

/** What {@code enrol/phone.jte} shows on the phone that opened the QR code. */
public record PhonePage(
    Layout layout,
    ResourceBundle texts,
    EnrolHost host,
    String path,
    Platform platform,
    List<Platform.Guide> guides) {
  public String text(String key) {
    return texts.getString(key).replace("{organization}", host.organization());
  }

  public String welcome() {
    return host.welcome().orElse("");
  }
}
