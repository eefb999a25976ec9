package dev.postern.web;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a client is told when something is wrong (RFC 9457): a status, a stable code, one sentence
 * for people, and what exactly was seen.
 *
 * @param errors each of several things that are wrong at once; {@code detail} has them, too
 */
public record Problem(int status, String code, String title, String detail, List<Field> errors) {
  /** One field and what is wrong with it. */
  public record Field(String name, String reason) {}

  public Problem {
    errors = List.copyOf(errors);
  }

  public static Problem badRequest(String detail) {
    return of(400, "bad-request", "This is not a valid request.", detail);
  }

  public static Problem of(int status, String code, String title, String detail) {
    return new Problem(status, code, title, detail, List.of());
  }

  /** Several things are wrong. */
  public static Problem of(int status, String code, String title, List<Field> errors) {
    return new Problem(
        status,
        code,
        title,
        errors.stream()
            .map(each -> each.name() + ": " + each.reason())
            .collect(Collectors.joining("; ")),
        errors);
  }

  /** The problem's type, a URI as RFC 9457 §3.1.1 wants it. */
  public String type() {
    return "urn:postern:problem:" + code;
  }
}
