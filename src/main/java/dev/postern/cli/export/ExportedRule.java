package dev.postern.cli.export;

import dev.postern.access.Rule;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A rule whose groups have become the users that are in them now.
 *
 * @param said as it stands in postern.yaml
 * @param path where it holds
 * @param methods for which; none named: all
 */
public record ExportedRule(String said, PathRegex path, Set<String> methods, Audience audience) {
  /** Who may pass. */
  public sealed interface Audience {
    /** With or without a certificate. */
    record Anyone() implements Audience {}

    record Users(SortedSet<String> names) implements Audience {}
  }

  static ExportedRule of(Rule rule, Iterable<Person> people) {
    PathRegex path = PathRegex.of(rule.path());
    Audience audience = path.isWhole() ? audience(rule, people) : nobody();
    return new ExportedRule(rule.text(), path, rule.methods(), audience);
  }

  private static Audience audience(Rule rule, Iterable<Person> people) {
    SortedSet<String> names = new TreeSet<>();
    for (Rule.Who who : rule.allow()) {
      switch (who) {
        case Rule.Who.Anyone() -> {
          return new Audience.Anyone();
        }
        case Rule.Who.AnyUser() -> people.forEach(person -> names.add(person.name()));
        case Rule.Who.NamedUser(String name) ->
            people.forEach(person -> {
              if (person.name().equals(name)) {
                names.add(name);
              }
            });
        case Rule.Who.Group(String group) ->
            people.forEach(person -> {
              if (person.groups().contains(group)) {
                names.add(person.name());
              }
            });
        case Rule.Who.Nobody() -> {}
      }
    }
    return new Audience.Users(names);
  }

  private static Audience nobody() {
    return new Audience.Users(new TreeSet<>());
  }

  boolean admitsAnyone() {
    return audience instanceof Audience.Anyone;
  }

  boolean admitsNobody() {
    return audience instanceof Audience.Users(var names) && names.isEmpty();
  }

  /**
   * The methods as a regular expression; HEAD is GET without the content (RFC 9110 §9.3.2). Nothing
   * but capitals and hyphens can be in it.
   */
  String methodRegex() {
    if (methods.isEmpty()) {
      return "[A-Z-]+";
    }
    Set<String> all = new TreeSet<>(methods);
    if (all.contains("GET")) {
      all.add("HEAD");
    }
    return all.stream().collect(Collectors.joining("|", "(?:", ")"));
  }
}
