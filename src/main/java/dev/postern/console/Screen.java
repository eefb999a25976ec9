package dev.postern.console;

import dev.postern.web.Assets;
import dev.postern.web.Layout;
import dev.postern.web.Pages;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows pages in their frame, under the one policy of the console. */
final class Screen {
  /** Nothing from elsewhere, no script at all, nothing inline. */
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private final String installation;
  private final List<String> styles;
  private final String icon;
  private final Pages pages;

  Screen(String installation, Assets assets, Pages pages) {
    this.installation = installation;
    this.styles = List.of(assets.path("page.css"), assets.path("console.css"));
    this.icon = assets.path("icon.svg");
    this.pages = pages;
  }

  /** A page about to be shown. */
  record Page(
      String section, String title, String template, Object content, int status, int refresh) {
    static Page of(String section, String title, String template, Object content) {
      return new Page(section, title, template, content, 200, 0);
    }

    Page status(int code) {
      return new Page(section, title, template, content, code, refresh);
    }

    Page refreshing(int seconds) {
      return new Page(section, title, template, content, status, seconds);
    }
  }

  Reply show(Call call, Page page) {
    return show(call, page, Optional.empty());
  }

  /** The form again, with what is wrong with it. */
  Reply again(Call call, Page page, Problem problem) {
    return show(call, page.status(problem.status()), Optional.of(problem.detail()));
  }

  private Reply show(Call call, Page page, Optional<String> problem) {
    Visitor visitor = Visitor.in(call.exchange());
    var frame =
        new Frame(
            Texts.ENGLISH,
            styles,
            icon,
            page.section(),
            page.title(),
            installation,
            visitor.user().displayName(),
            visitor.mayWrite(),
            page.refresh(),
            notice(call).orElse(null),
            problem.orElse(null));
    String html =
        Layout.render(
            "console/" + page.template() + ".jte", Map.of("frame", frame, "page", page.content()));
    return Layout.guarded(page.status(), html, POLICY);
  }

  /** One of our own sentences; an address cannot bring another. */
  private static Optional<String> notice(Call call) {
    return List.of(
            "revoked",
            "suspended",
            "released",
            "saved",
            "added",
            "enabled",
            "disabled",
            "withdrawn")
        .stream()
        .filter(word -> call.exchange().query().replace("?", "").equals("done=" + word))
        .findFirst()
        .map(word -> Texts.ENGLISH.text("done." + word));
  }

  Reply tell(Call call, Problem problem) {
    return pages.tell(call.exchange(), problem);
  }

  /** For the part of an address behind a slash or an equals sign. */
  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
