package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;
import java.util.List;

/** What {@code enrol/phone.jte} shows on the phone that opened the QR code. */
public record PhonePage(
    Layout layout,
    Language texts,
    EnrolHost host,
    String path,
    Platform platform,
    List<Platform.Guide> guides) {
  public String text(String key) {
    return texts.text(key).replace("{organization}", host.organization());
  }

  public String welcome() {
    return host.welcome().orElse("");
  }
}
