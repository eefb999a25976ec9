package dev.postern.enrol;

import dev.postern.web.Layout;
import java.time.Duration;
import java.time.Instant;
import java.util.ResourceBundle;

/**
 * What {@code enrol/ended.jte} shows to who may only renew.
 *
 * @param grace how long after {@code ended} that is possible
 */
public record EndedPage(
    Layout layout, ResourceBundle texts, String person, Instant ended, Duration grace) {
  public String text(String key) {
    return texts
        .getString(key)
        .replace("{person}", person)
        .replace("{ended}", MePage.date(ended, texts))
        .replace("{until}", MePage.date(ended.plus(grace), texts));
  }
}
