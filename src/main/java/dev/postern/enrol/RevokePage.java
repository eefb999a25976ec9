package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;

/** What {@code enrol/revoke.jte} asks about. */
public record RevokePage(Layout layout, Language texts, MePage.Row row) {
  public String text(String key) {
    return texts.text(key);
  }
}
