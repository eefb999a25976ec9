package dev.postern.web;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a client is told when something is wrong (RFC 9457): a status, a stable code, one sentence
 * for people, and what exactly was seen.
 *
 * @param key the texts' name in the languages' files, where another sentence is wanted for a code
 * @param seen what {@code detail} is made of, as it is in every language
 * @param errors each of several things that are wrong at once; {@code detail} has them, too
 */
public record Problem(
    int status,
    String code,
    String key,
    String title,
    String detail,
    String seen,
    List<Field> errors) {
  private static final Language ENGLISH = Texts.of("dev.postern.web.pages").in("en");

  /** One field and what is wrong with it. */
  public record Field(String name, String reason) {}

  public Problem {
    errors = List.copyOf(errors);
  }

  public static Problem badRequest(String seen) {
    return of(400, "bad-request", seen);
  }

  /** In the words that the languages' files have for the code; {@code seen} may stand in them. */
  public static Problem of(int status, String code, String seen) {
    return worded(status, code, code, seen);
  }

  /** In the words that the languages' files have for {@code key}. */
  public static Problem worded(int status, String code, String key, String seen) {
    String words = "problem." + key;
    return new Problem(
        status,
        code,
        key,
        ENGLISH.text(words + ".title"),
        ENGLISH.text(words + ".detail").replace("{seen}", seen),
        seen,
        List.of());
  }

  /** In words of its own. */
  public static Problem of(int status, String code, String title, String detail) {
    return new Problem(status, code, code, title, detail, detail, List.of());
  }

  /** In the reader's language already. */
  public static Problem said(int status, String code, String title, String detail) {
    return new Problem(status, code, "", title, detail, detail, List.of());
  }

  /** Several things are wrong. */
  public static Problem of(int status, String code, String title, List<Field> errors) {
    String all =
        errors.stream()
            .map(each -> each.name() + ": " + each.reason())
            .collect(Collectors.joining("; "));
    return new Problem(status, code, code, title, all, all, errors);
  }

  /** The problem's type, a URI as RFC 9457 §3.1.1 wants it. */
  public String type() {
    return "urn:postern:problem:" + code;
  }
}
