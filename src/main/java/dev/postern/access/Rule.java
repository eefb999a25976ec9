package dev.postern.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One line of a site's rules: for these paths and methods (none named: all), these may enter. The
 * first rule that fits decides; where none fits, nobody enters.
 */
public record Rule(PathPattern path, Set<String> methods, List<Who> allow) {
  public Rule {
    methods = Set.copyOf(methods);
    for (String method : methods) {
      if (!RequestTarget.isMethod(method)) {
        throw new IllegalArgumentException("a method is written in capitals: " + method);
      }
    }
    allow = List.copyOf(allow);
  }

  /** Whom a rule lets in. */
  public sealed interface Who {
    /** With or without a certificate. */
    record Anyone() implements Who {}

    /** Every enabled user. */
    record AnyUser() implements Who {}

    record NamedUser(String name) implements Who {}

    record Group(String name) implements Who {}

    /** Nobody: closes a path. */
    record Nobody() implements Who {}

    /**
     * Reads {@code anyone}, {@code users}, {@code nobody}, {@code user:NAME} or {@code group:NAME}.
     */
    static Who parse(String text) {
      if (text.startsWith("user:") && text.length() > 5) {
        return new NamedUser(text.substring(5));
      }
      if (text.startsWith("group:") && text.length() > 6) {
        return new Group(text.substring(6));
      }
      return switch (text) {
        case "anyone" -> new Anyone();
        case "users" -> new AnyUser();
        case "nobody" -> new Nobody();
        default ->
            throw new IllegalArgumentException(
                "allow takes anyone, users, nobody, user:NAME or group:NAME, not " + text);
      };
    }

    default String text() {
      return switch (this) {
        case Anyone() -> "anyone";
        case AnyUser() -> "users";
        case Nobody() -> "nobody";
        case NamedUser(String name) -> "user:" + name;
        case Group(String name) -> "group:" + name;
      };
    }
  }

  /** Whether it depends on the method. */
  public boolean namesMethods() {
    return !methods.isEmpty();
  }

  boolean fits(String method, String path) {
    return covers(method) && this.path.matches(path);
  }

  /** For back ends to which {@code /Admin} and {@code /admin} are one page. */
  boolean fitsInAnyCase(String method, String path) {
    return covers(method) && this.path.matchesInAnyCase(path);
  }

  /** HEAD is GET without the content (RFC 9110 §9.3.2), so what is said of GET holds for it. */
  private boolean covers(String method) {
    return methods.isEmpty()
        || methods.contains(method)
        || (method.equals("HEAD") && methods.contains("GET"));
  }

  boolean allowsAnyone() {
    for (Who who : allow) {
      if (who instanceof Who.Anyone) {
        return true;
      }
    }
    return false;
  }

  boolean allows(User user) {
    for (Who who : allow) {
      boolean allowed =
          switch (who) {
            case Who.Anyone(), Who.AnyUser() -> true;
            case Who.Nobody() -> false;
            case Who.NamedUser(String name) -> name.equals(user.name());
            case Who.Group(String name) -> user.groups().contains(name);
          };
      if (allowed) {
        return true;
      }
    }
    return false;
  }

  /** As it stands in the file, for logs and explanations: {@code GET /admin/** → group:admins}. */
  public String text() {
    String verbs =
        methods.isEmpty() ? "" : methods.stream().sorted().collect(Collectors.joining(",")) + " ";
    return verbs
        + path.text()
        + " → "
        + allow.stream().map(Who::text).collect(Collectors.joining(", "));
  }
}
