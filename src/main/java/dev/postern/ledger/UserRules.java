package dev.postern.ledger;

import dev.postern.access.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a user may be called. Names travel in headers, certificates and file names: ASCII only. */
final class UserRules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
  private static final Pattern EMAIL =
      Pattern.compile("[^\\s\\p{Cntrl}@<>\",;:\\\\]{1,64}@[^\\s\\p{Cntrl}@<>\",;:\\\\]{1,255}");
  private static final int MAX_DISPLAY_NAME = 128;

  private UserRules() {}

  /** The first thing wrong, as a sentence. */
  static Optional<String> problem(User user) {
    return problems(user).stream().findFirst();
  }

  /** Everything wrong, as sentences. */
  static List<String> problems(User user) {
    List<String> problems = new ArrayList<>();
    if (!NAME.matcher(user.name()).matches()) {
      problems.add(
          "a user's name is 1 to 64 letters, digits and . _ - @, and begins with a letter or digit, not "
              + shown(user.name()));
    }
    String displayName = user.displayName();
    if (displayName.isBlank()
        || displayName.length() > MAX_DISPLAY_NAME
        || displayName.chars().anyMatch(Character::isISOControl)) {
      problems.add(
          "a display name is 1 to "
              + MAX_DISPLAY_NAME
              + " characters on one line, not "
              + shown(displayName));
    }
    if (user.email().isPresent() && !EMAIL.matcher(user.email().get()).matches()) {
      problems.add("not an e-mail address: " + shown(user.email().get()));
    }
    user.groups().stream()
        .filter(group -> !NAME.matcher(group).matches())
        .sorted()
        .map(group ->
            "a group's name is 1 to 64 letters, digits and . _ - @, and begins with a letter or digit, not "
                + shown(group))
        .forEach(problems::add);
    return problems;
  }

  private static String shown(String text) {
    String line =
        text.codePoints()
            .limit(80)
            .collect(
                StringBuilder::new,
                (builder, c) -> builder.appendCodePoint(Character.isISOControl(c) ? '?' : c),
                StringBuilder::append)
            .toString();
    return "\"" + line + "\"";
  }
}
