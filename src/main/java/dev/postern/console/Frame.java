package dev.postern.console;

import dev.postern.web.Language;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is around each page.
 *
 * @param scripts ES modules, without which the page works, too
 * @param section the entry of the navigation that is lit
 * @param refresh seconds until the page loads itself again; 0: never
 * @param notice what was just done
 * @param problem what is wrong with what was just sent
 */
public record Frame(
    Language texts,
    List<String> styles,
    List<String> scripts,
    String icon,
    String section,
    String title,
    String installation,
    String who,
    boolean mayWrite,
    int refresh,
    @Nullable String notice,
    @Nullable String problem) {
  /** The navigation, in order. */
  public static final List<String> SECTIONS =
      List.of("overview", "certificates", "people", "sites", "sign-ins", "audit", "authority");

  public String text(String key) {
    return texts.text(key);
  }

  public String text(String key, Object... values) {
    return texts.text(key, values);
  }

  /** Where a section begins. */
  public String address(String wanted) {
    return wanted.equals("overview") ? "/" : "/" + wanted;
  }
}
