package dev.postern.console;

import dev.postern.access.Latecomers;
import dev.postern.access.Rule;
import java.util.List;

/**
 * A site as it is served now.
 *
 * @param upstream what is behind it, for people
 * @param latecomers whether those may come whose certificate ended lately
 */
public record ConsoleSite(String host, List<Rule> rules, String upstream, Latecomers latecomers) {
  public ConsoleSite {
    rules = List.copyOf(rules);
  }
}
