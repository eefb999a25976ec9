package dev.postern.enrol;

import dev.postern.web.Layout;
import java.util.ResourceBundle;

/** What {@code enrol/invited.jte} shows: the link, also as a QR code of {@code size} modules. */
public record InvitedPage(
    Layout layout, ResourceBundle texts, String link, int size, String path, String until) {
  public String text(String key) {
    return texts.getString(key).replace("{until}", until);
  }
}
