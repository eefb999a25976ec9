package dev.postern.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
public final class Nearest {
  /** Longer words are not typing mistakes of ours. */
  private static final int MAX_LENGTH = 64;

  private Nearest() {}

  /** {@code "; did you mean …?"}, or {@code "; known are …"} when nothing is near. */
  static String suggestion(String word, Collection<String> known) {
    return question(word, known).orElseGet(() -> "; known are " + String.join(", ", known));
  }

  /** {@code "; did you mean …?"}, when a known word is near. */
  public static Optional<String> question(String word, Collection<String> known) {
    return to(word, known).map(near -> "; did you mean " + near + "?");
  }

  /** The known word that most likely was meant: up to a third of it mistyped. */
  public static Optional<String> to(String word, Collection<String> known) {
    if (word.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String folded = word.toLowerCase(Locale.ROOT).replace('_', '-');
    return known.stream()
        .filter(each -> distance(folded, each) <= Math.max(1, each.length() / 3))
        .min(Comparator.comparingInt(each -> distance(folded, each)));
  }

  /** Damerau and Levenshtein's: letters added, left out, changed, or swapped with a neighbour. */
  static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        best = Math.min(best, cost[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          best = Math.min(best, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = best;
      }
    }
    return cost[from.length()][to.length()];
  }
}
