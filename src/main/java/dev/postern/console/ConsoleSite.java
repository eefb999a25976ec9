package dev.postern.console;

import dev.postern.access.Rule;
import java.util.List;

/**
 * A site as it is served now.
 *
 * @param upstream what is behind it, for people
 */
public record ConsoleSite(String host, List<Rule> rules, String upstream) {
  public ConsoleSite {
    rules = List.copyOf(rules);
  }
}
