package dev.postern.web;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;

/**
 * The texts of a room's pages in every language there is a file for: {@code pages.properties} is
 * English, {@code pages_de.properties} beside it would be German.
 */
public final class Texts {
  private final Map<String, Language> byLanguage = new HashMap<>();
  private final Language english;

  private Texts(String bundle) {
    this.english = bundle(bundle, Locale.ROOT);
    byLanguage.put("en", english);
    ClassLoader loader = Texts.class.getClassLoader();
    for (String language : Locale.getISOLanguages()) {
      if (loader.getResource(bundle.replace('.', '/') + "_" + language + ".properties") != null) {
        byLanguage.put(language, bundle(bundle, Locale.of(language)));
      }
    }
  }

  /** {@code bundle} as {@code dev.postern.web.pages}. */
  public static Texts of(String bundle) {
    return new Texts(bundle);
  }

  private static Language bundle(String name, Locale locale) {
    return new Language(
        ResourceBundle.getBundle(
            name, locale, Control.getNoFallbackControl(Control.FORMAT_PROPERTIES)));
  }

  /**
   * In the reader's first language that there is a file for, else in English. ResourceBundle
   * remembers forever whatever it was asked for and did not find, so no stranger's word gets there.
   */
  public Language in(String acceptLanguage) {
    String language = acceptLanguage.split("[,;-]", 2)[0].strip().toLowerCase(Locale.ROOT);
    return byLanguage.getOrDefault(language, english);
  }

  public Language in(Exchange exchange) {
    return in(exchange.header("accept-language").orElse(""));
  }
}
