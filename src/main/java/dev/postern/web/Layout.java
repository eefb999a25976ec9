package dev.postern.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The frame of a page of ours.
 *
 * @param styles where the style sheets lie, all of them our own
 * @param scripts likewise; ES modules, without which the page must work, too
 * @param icon likewise
 */
public record Layout(
    String language, String title, List<String> styles, List<String> scripts, String icon) {
  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Layout.class.getClassLoader(), "dev.postern.templates");

  /** Our own styles and scripts, forms to ourselves, and nothing else. */
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'none'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; frame-ancestors 'none'";

  public Layout {
    styles = List.copyOf(styles);
    scripts = List.copyOf(scripts);
  }

  /** With the shared style and icon, and {@code styles} and {@code scripts} of {@code assets}. */
  public static Layout of(
      Language language, String title, Assets assets, List<String> styles, String... scripts) {
    return new Layout(
        language.text("lang"),
        title,
        Stream.concat(Stream.of("page.css"), styles.stream()).map(assets::path).toList(),
        Stream.of(scripts).map(assets::path).toList(),
        assets.path("icon.svg"));
  }

  /** The HTML of a template with its one parameter. */
  static String render(String template, Object page) {
    StringOutput out = new StringOutput(4096);
    TEMPLATES.render(template, page, out);
    return out.toString();
  }

  /** The HTML of a template with its parameters by name. */
  public static String render(String template, Map<String, Object> parameters) {
    StringOutput out = new StringOutput(16 * 1024);
    TEMPLATES.render(template, parameters, out);
    return out.toString();
  }

  /** A page that is not kept, tells no other site where it is, and does what the policy allows. */
  public static Reply guarded(int status, String html, String policy) {
    return Reply.html(status, html)
        .with("content-security-policy", policy)
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin")
        .with("cross-origin-opener-policy", "same-origin");
  }

  /** A page that runs only what is ours, is not kept, and tells no other site where it is. */
  public static Reply reply(int status, String template, Object page) {
    return reply(status, template, page, "");
  }

  /**
   * As before, for a page one of whose forms is answered by leading to {@code elsewhere}: browsers
   * hold the policy against where a form's answer leads, too.
   */
  public static Reply reply(int status, String template, Object page, String elsewhere) {
    return guarded(
            status, render(template, page), (POLICY + "; form-action 'self' " + elsewhere).strip())
        .with("vary", "Accept-Language");
  }
}
