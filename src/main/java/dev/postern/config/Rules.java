package dev.postern.config;

import dev.postern.access.PathPattern;
import dev.postern.access.Rule;
import dev.postern.config.SiteConfig.Posture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the rules of a site, and says which of them could never do anything. */
final class Rules {
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z-]{0,31}");

  private record Placed(Rule rule, int line) {}

  private Rules() {}

  static List<Rule> read(Section site, Posture posture) {
    List<Value> items = site.require("rules").map(Value::items).orElse(List.of());
    if (items.isEmpty() && site.find("rules").filter(Value::isList).isPresent()) {
      site.problem("rules", "has no rule, so nobody could enter");
    }
    List<Placed> placed = new ArrayList<>();
    for (Value item : items) {
      Optional<Rule> rule = item.section().flatMap(Rules::rule);
      if (rule.isPresent()) {
        complain(item, rule.get(), placed, posture);
        placed.add(new Placed(rule.get(), item.line()));
      }
    }
    return placed.stream().map(Placed::rule).toList();
  }

  private static Optional<Rule> rule(Section section) {
    Optional<PathPattern> path =
        section.find("path").isPresent()
            ? section.optional("path", PathPattern::new)
            : Optional.of(PathPattern.EVERYTHING);
    List<String> methods = section.list("methods", Rules::method);
    boolean unread = section.find("methods").isPresent() && methods.isEmpty();
    if (isEmpty(section, "methods")) {
      section.problem("methods", "names no method; leave it out to mean all");
    }
    List<Rule.Who> allow = section.list("allow", Rule.Who::parse);
    if (section.require("allow").isPresent() && isEmpty(section, "allow")) {
      section.problem("allow", "names nobody; to close a path write nobody");
    }
    if (allow.size() > 1
        && allow.stream()
            .anyMatch(who -> who instanceof Rule.Who.Anyone || who instanceof Rule.Who.Nobody)) {
      section.problem("allow", "anyone and nobody stand alone");
    }
    section.close();
    return path.isPresent() && !unread && !allow.isEmpty()
        ? Optional.of(new Rule(path.get(), Set.copyOf(methods), allow))
        : Optional.empty();
  }

  /** A list without items; of items that cannot be read their own problems tell. */
  private static boolean isEmpty(Section section, String key) {
    return section.find(key).filter(value -> value.isList() && value.items().isEmpty()).isPresent();
  }

  private static String method(String text) {
    if (!METHOD.matcher(text).matches()) {
      throw new IllegalArgumentException("a method is written in capitals, as GET; not " + text);
    }
    return text;
  }

  private static void complain(Value item, Rule rule, List<Placed> before, Posture posture) {
    before.stream()
        .filter(earlier -> covers(earlier.rule(), rule))
        .findFirst()
        .ifPresent(earlier ->
            item.problem(
                "can never decide: the rule in line "
                    + earlier.line()
                    + " comes first and fits whatever this one fits"));
    boolean admitsUsersOnly =
        rule.allow().stream()
            .noneMatch(who -> who instanceof Rule.Who.Anyone || who instanceof Rule.Who.Nobody);
    if (posture == Posture.NEVER && admitsUsersOnly) {
      item.problem("lets nobody in: with posture never no certificate is asked for");
    }
  }

  private static boolean covers(Rule earlier, Rule later) {
    boolean methods =
        earlier.methods().isEmpty()
            || (!later.methods().isEmpty() && earlier.methods().containsAll(later.methods()));
    return methods && covers(earlier.path().text(), later.path().text());
  }

  private static boolean covers(String earlier, String later) {
    if (!earlier.endsWith("/**")) {
      return earlier.equals(later);
    }
    String folder = earlier.substring(0, earlier.length() - 3);
    return later.startsWith(folder)
        && (later.length() == folder.length() || later.charAt(folder.length()) == '/');
  }
}
