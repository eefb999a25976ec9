package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;

/** What {@code enrol/door.jte} shows: {@code wrong} when what was typed cannot be a code. */
public record DoorPage(Layout layout, Language texts, boolean wrong) {
  public String text(String key) {
    return texts.text(key);
  }
}
