package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;

/** What {@code enrol/invited.jte} shows: the link, also as a QR code of {@code size} modules. */
public record InvitedPage(
    Layout layout, Language texts, String link, int size, String path, String until) {
  public String text(String key) {
    return texts.text(key).replace("{until}", until);
  }
}
