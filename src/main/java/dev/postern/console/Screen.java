package dev.postern.console;

import dev.postern.web.Assets;
import dev.postern.web.Layout;
import dev.postern.web.Pages;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.web.Sentence;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows pages in their frame, under the one policy of the console. */
final class Screen {
  /** Nothing from elsewhere, nothing inline, and no script but where a page brings one of ours. */
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private static final String WITH_SCRIPT = "; script-src 'self'";

  private final String installation;
  private final Assets assets;
  private final List<String> styles;
  private final String icon;
  private final Pages pages;

  Screen(String installation, Assets assets, Pages pages) {
    this.installation = installation;
    this.assets = assets;
    this.styles = List.of(assets.path("page.css"), assets.path("console.css"));
    this.icon = assets.path("icon.svg");
    this.pages = pages;
  }

  /** A page about to be shown. */
  record Page(
      String section,
      String title,
      String template,
      Object content,
      int status,
      int refresh,
      Optional<String> script) {
    static Page of(String section, String title, String template, Object content) {
      return new Page(section, title, template, content, 200, 0, Optional.empty());
    }

    Page status(int code) {
      return new Page(section, title, template, content, code, refresh, script);
    }

    Page refreshing(int seconds) {
      return new Page(section, title, template, content, status, seconds, script);
    }

    /** With one of our modules, for what a page cannot do without a script. */
    Page with(String module) {
      return new Page(section, title, template, content, status, refresh, Optional.of(module));
    }
  }

  Reply show(Call call, Page page) {
    return show(call, page, Optional.empty());
  }

  /** The form again, with what is wrong with it. */
  Reply again(Call call, Page page, Problem problem) {
    return show(call, page.status(problem.status()), Optional.of(Sentence.of(problem.detail())));
  }

  private Reply show(Call call, Page page, Optional<String> problem) {
    Visitor visitor = Visitor.in(call.exchange());
    var frame =
        new Frame(
            Words.ENGLISH,
            styles,
            page.script().stream().map(assets::path).toList(),
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
    String policy = page.script().isPresent() ? POLICY + WITH_SCRIPT : POLICY;
    return Layout.guarded(page.status(), html, policy);
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
        .map(word -> Words.ENGLISH.text("done." + word));
  }

  Reply tell(Call call, Problem problem) {
    return pages.tell(call.exchange(), problem);
  }

  /** For the part of an address behind a slash or an equals sign. */
  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
