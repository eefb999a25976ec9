package dev.postern.ledger;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.postern.authority.Requester;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something that happened, once and for good.
 *
 * @param position in the order of commits, without gaps, from 1
 * @param kind {@code certificate.issued}, {@code user.added} …
 * @param subject the serial number or the name it happened to
 * @param detail a JSON object
 * @param who the requester
 */
public record Event(
    long position, String kind, String subject, String detail, String who, Instant at) {

  /** One that has no position yet. */
  static Event of(
      String kind, String subject, Map<String, String> detail, Requester who, Instant at) {
    return new Event(0, kind, subject, json(detail), who.name(), at);
  }

  private static String json(Map<String, String> detail) {
    return new TreeMap<>(detail)
        .entrySet().stream()
            .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
