package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;
import java.time.Duration;
import java.time.Instant;

/**
 * What {@code enrol/ended.jte} shows to who may only renew.
 *
 * @param grace how long after {@code ended} that is possible
 */
public record EndedPage(
    Layout layout, Language texts, String person, Instant ended, Duration grace) {
  public String text(String key) {
    return texts
        .text(key)
        .replace("{person}", person)
        .replace("{ended}", texts.longDay(ended))
        .replace("{until}", texts.longDay(ended.plus(grace)));
  }
}
