package dev.postern.console;

import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a query asks for. What nobody asked for is refused, so that a typing error does not become a
 * longer list.
 */
record Filters(Map<String, String> given) {
  private static final int LONGEST = 300;
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;

  Filters {
    given = Map.copyOf(given);
  }

  static Filters of(Call call, String... known) throws MalformedException {
    List<String> names = Arrays.asList(known);
    Map<String, String> read = new HashMap<>();
    Map<String, List<String>> parameters;
    try {
      parameters =
          new QueryStringDecoder(call.exchange().query(), StandardCharsets.UTF_8, true)
              .parameters();
    } catch (IllegalArgumentException e) {
      throw new MalformedException("query", "has a broken escape");
    }
    for (var each : parameters.entrySet()) {
      String name = each.getKey();
      if (!names.contains(name)) {
        throw new MalformedException(
            shortened(name), "is not known here; there are " + String.join(", ", names));
      }
      if (each.getValue().size() > 1) {
        throw new MalformedException(name, "is given twice");
      }
      String value = each.getValue().getFirst().strip();
      if (value.length() > LONGEST) {
        throw new MalformedException(name, "is longer than " + LONGEST + " letters");
      }
      if (value.chars().anyMatch(Character::isISOControl)) {
        throw new MalformedException(name, "contains a control character");
      }
      if (!value.isEmpty()) {
        read.put(name, value);
      }
    }
    return new Filters(read);
  }

  private static String shortened(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "…" : name;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name));
  }

  String required(String name) throws MalformedException {
    return text(name).orElseThrow(() -> new MalformedException(name, "is missing"));
  }

  /** {@code 2026-11-23T12:00:00Z}, or {@code 2026-11-23} for the beginning of that day. */
  Optional<Instant> instant(String name) throws MalformedException {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          value.get().contains("T")
              ? Instant.parse(value.get())
              : LocalDate.parse(value.get()).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException e) {
      throw new MalformedException(
          name, "is a day like 2026-11-23 or a moment like 2026-11-23T12:00:00Z");
    }
  }

  int limit() throws MalformedException {
    Optional<Long> asked = number("limit");
    if (asked.isPresent() && (asked.get() < 1 || asked.get() > MAX_LIMIT)) {
      throw new MalformedException("limit", "is 1 to " + MAX_LIMIT);
    }
    return asked.map(Long::intValue).orElse(DEFAULT_LIMIT);
  }

  /** Where a page ended, as we said it. */
  Optional<Long> cursor() throws MalformedException {
    Optional<Long> after = number("after");
    if (after.isPresent() && after.get() < 1) {
      throw new MalformedException("after", "is the next of a page before");
    }
    return after;
  }

  private Optional<Long> number(String name) throws MalformedException {
    try {
      return text(name).map(Long::parseLong);
    } catch (NumberFormatException e) {
      throw new MalformedException(name, "is a number");
    }
  }

  Optional<CertificateState> certificateState() throws MalformedException {
    Optional<String> word = text("state");
    Optional<CertificateState> state = word.flatMap(CertificateState::named);
    if (word.isPresent() && state.isEmpty()) {
      throw new MalformedException("state", "is active, expiring, expired, suspended or revoked");
    }
    return state;
  }
}
