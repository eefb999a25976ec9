package dev.postern.enrol;

import dev.postern.web.Layout;
import java.util.ResourceBundle;

/** What {@code enrol/revoke.jte} asks about. */
public record RevokePage(Layout layout, ResourceBundle texts, MePage.Row row) {
  public String text(String key) {
    return texts.getString(key);
  }
}
