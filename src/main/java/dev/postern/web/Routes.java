package dev.postern.web;

import dev.postern.x509.MalformedException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which page answers which path of one of Postern's own hosts. What changes something is asked
 * whether it comes from the host's own pages before any page sees it ({@link SameOrigin}), so no
 * page can forget to.
 */
public final class Routes implements InternalHandler {
  /** Answers one request; what it cannot read becomes a 400 that says why. */
  @FunctionalInterface
  public interface Page {
    Reply answer(Call call) throws MalformedException;
  }

  /** A request with what its path names. */
  public record Call(Exchange exchange, Map<String, String> named) {
    public Call {
      named = Map.copyOf(named);
    }

    /** The part of the path that stands for {@code {name}}, decoded. */
    public String named(String name) {
      String value = named.get(name);
      if (value == null) {
        throw new IllegalArgumentException("the route has no {" + name + "}");
      }
      return value;
    }

    /** The first parameter of this name in the query, unless it is empty. */
    public Optional<String> query(String name) throws MalformedException {
      try {
        var decoder = new QueryStringDecoder(exchange.query(), StandardCharsets.UTF_8, true);
        return decoder.parameters().getOrDefault(name, List.of()).stream()
            .findFirst()
            .filter(value -> !value.isBlank());
      } catch (IllegalArgumentException e) {
        throw new MalformedException("query", "has a broken escape");
      }
    }
  }

  private record Route(String method, List<String> segments, Page page) {}

  private final List<Route> routes;
  private final List<String> secretPrefixes;
  private final Pages pages;
  private final Optional<Page> otherwise;

  private Routes(Builder builder) {
    this.routes = List.copyOf(builder.routes);
    this.secretPrefixes = List.copyOf(builder.secretPrefixes);
    this.pages = builder.pages;
    this.otherwise = builder.otherwise;
  }

  /** Refusals are told by {@code pages}. */
  public static Builder toldBy(Pages pages) {
    return new Builder(pages);
  }

  /** Collects routes; a path like {@code /users/{name}} fits any one segment for the name. */
  public static final class Builder {
    private final List<Route> routes = new ArrayList<>();
    private final List<String> secretPrefixes = new ArrayList<>();
    private final Pages pages;
    private Optional<Page> otherwise = Optional.empty();

    private Builder(Pages pages) {
      this.pages = pages;
    }

    public Builder get(String path, Page page) {
      return add("GET", path, page);
    }

    public Builder post(String path, Page page) {
      return add("POST", path, page);
    }

    public Builder add(String method, String path, Page page) {
      routes.add(new Route(method, List.of(path.substring(1).split("/", -1)), page));
      return this;
    }

    /** What answers, instead of 404 and 405, where no route fits. */
    public Builder otherwise(Page page) {
      otherwise = Optional.of(page);
      return this;
    }

    /** What follows this prefix never stands in a log. */
    public Builder secretBelow(String prefix) {
      secretPrefixes.add(prefix);
      return this;
    }

    public Routes build() {
      return new Routes(this);
    }
  }

  @Override
  public Reply answer(Exchange exchange) {
    String method = exchange.target().method();
    String wanted = method.equals("HEAD") ? "GET" : method;
    List<String> path = List.of(exchange.target().path().substring(1).split("/", -1));
    TreeSet<String> others = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> named = fit(route.segments(), path);
      if (named.isPresent() && route.method().equals(wanted)) {
        return answer(route, new Call(exchange, named.get()));
      }
      named.ifPresent(_ -> others.add(route.method()));
    }
    if (otherwise.isPresent()) {
      return answer(new Route(wanted, List.of(), otherwise.get()), new Call(exchange, Map.of()));
    }
    if (others.isEmpty()) {
      return pages.tell(
          exchange, Problem.of(404, "not-found", "look for a typing error in the address"));
    }
    if (others.contains("GET")) {
      others.add("HEAD");
    }
    return pages
        .tell(
            exchange,
            Problem.of(
                405,
                "method-not-allowed",
                "the page takes " + String.join(", ", others) + ", not " + method))
        .with("allow", String.join(", ", others));
  }

  private Reply answer(Route route, Call call) {
    Exchange exchange = call.exchange();
    if (!route.method().equals("GET") && !SameOrigin.holds(exchange)) {
      return pages.tell(
          exchange, Problem.of(403, "cross-site", "open the page here and do it again"));
    }
    try {
      return route.page().answer(call);
    } catch (MalformedException e) {
      return pages.tell(exchange, Problem.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private static Optional<Map<String, String>> fit(List<String> pattern, List<String> path) {
    if (pattern.size() != path.size()) {
      return Optional.empty();
    }
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String wanted = pattern.get(i);
      String given = path.get(i);
      if (wanted.startsWith("{")) {
        if (given.isEmpty()) {
          return Optional.empty();
        }
        named.put(wanted.substring(1, wanted.length() - 1), decoded(given));
      } else if (!wanted.equals(given)) {
        return Optional.empty();
      }
    }
    return Optional.of(named);
  }

  /** Never malformed: {@link dev.postern.access.RequestTarget} refuses broken escapes. */
  private static String decoded(String segment) {
    return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String logged(String path) {
    return secretPrefixes.stream()
        .filter(path::startsWith)
        .findFirst()
        .map(prefix -> prefix + "…")
        .orElse(path);
  }
}
