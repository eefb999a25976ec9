package dev.postern.enrol;

import dev.postern.web.Layout;
import java.util.ResourceBundle;

/** What {@code enrol/door.jte} shows: {@code wrong} when what was typed cannot be a code. */
public record DoorPage(Layout layout, ResourceBundle texts, boolean wrong) {
  public String text(String key) {
    return texts.getString(key);
  }
}
