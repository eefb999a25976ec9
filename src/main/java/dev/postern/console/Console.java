package dev.postern.console;

import dev.postern.access.Role;
import dev.postern.web.Exchange;
import dev.postern.web.Explanation;
import dev.postern.web.InternalHandler;
import dev.postern.web.Pages;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The console. The site's rules have decided before; this looks a second time, so that a rule
 * written by mistake lets nobody write.
 */
public final class Console implements InternalHandler {
  private static final Set<String> LOOKING = Set.of("GET", "HEAD");

  private final Routes routes;
  private final Pages pages;

  private Console(Routes routes, Pages pages) {
    this.routes = routes;
    this.pages = pages;
  }

  public static Console of(ConsoleServices services) {
    Pages pages = new Pages(new Explanation.Action(Words.ENGLISH.text("back"), "/"));
    Routes.Builder routes = Routes.toldBy(pages);
    new Api(services, pages).addTo(routes);
    new ConsolePages(services, pages).addTo(routes);
    return new Console(routes.build(), new Pages());
  }

  /** What the API can do, as {@code GET /api/v1/users/{name}}. */
  static List<String> api(ConsoleServices services) {
    return new Api(services, new Pages()).paths();
  }

  @Override
  public Reply answer(Exchange exchange) {
    Reply reply =
        refusal(exchange)
            .map(problem -> pages.tell(exchange, problem))
            .orElseGet(() -> routes.answer(exchange));
    return with(with(reply, "cache-control", "no-store"), "x-content-type-options", "nosniff");
  }

  /** Unless the page has said so itself. */
  private static Reply with(Reply reply, String name, String value) {
    boolean said = reply.headers().stream().anyMatch(each -> each.name().equals(name));
    return said ? reply : reply.with(name, value);
  }

  private static Optional<Problem> refusal(Exchange exchange) {
    Optional<Visitor> visitor = Visitor.of(exchange);
    if (visitor.filter(Visitor::mayLook).isEmpty()) {
      return Optional.of(
          Problem.of(
              403,
              "not-permitted",
              "This is for administrators.",
              "members of " + Role.ADMIN.group() + " and " + Role.AUDITOR.group() + " may enter"));
    }
    boolean looks = LOOKING.contains(exchange.target().method());
    return looks || visitor.get().mayWrite() ? Optional.empty() : Optional.of(Refusal.readOnly());
  }
}
