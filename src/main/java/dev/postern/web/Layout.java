package dev.postern.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;

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

  /** The HTML of a template with its one parameter. */
  static String render(String template, Object page) {
    StringOutput out = new StringOutput(4096);
    TEMPLATES.render(template, page, out);
    return out.toString();
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
    return Reply.html(status, render(template, page))
        .with("content-security-policy", (POLICY + "; form-action 'self' " + elsewhere).strip())
        .with("cache-control", "no-store")
        .with("vary", "Accept-Language")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin")
        .with("cross-origin-opener-policy", "same-origin");
  }
}
