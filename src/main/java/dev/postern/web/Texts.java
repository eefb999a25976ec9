package dev.postern.web;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;
import java.util.regex.Pattern;

/**
 * The texts of a room's pages in every language there is a file for: {@code pages.properties} is
 * English, {@code pages_de.properties} beside it would be German.
 */
public final class Texts {
  /** Browsers send ten at most; what is behind these is not looked at. */
  private static final int MOST_RANGES = 20;

  private static final Pattern QUALITY = Pattern.compile("[qQ]=[01](\\.[0-9]{0,3})?");

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
   * In the language that the reader likes best of those that there is a file for, else in English
   * (RFC 9110 §12.5.4). ResourceBundle remembers forever whatever it was asked for and did not
   * find, so no stranger's word gets there.
   */
  public Language in(String acceptLanguage) {
    Language best = english;
    double liked = 0;
    for (String each : acceptLanguage.split(",", MOST_RANGES)) {
      String[] parts = each.split(";", -1);
      String language = parts[0].strip().split("-", 2)[0].toLowerCase(Locale.ROOT);
      double quality = parts.length == 1 ? 1 : quality(parts[1].strip());
      if (quality > liked && byLanguage.containsKey(language)) {
        best = byLanguage.getOrDefault(language, english);
        liked = quality;
      }
    }
    return best;
  }

  /** {@code q=0.8}; what is no number counts for nothing (RFC 9110 §12.4.2). */
  private static double quality(String parameter) {
    return QUALITY.matcher(parameter).matches() ? Double.parseDouble(parameter.substring(2)) : 0;
  }

  public Language in(Exchange exchange) {
    return in(exchange.header("accept-language").orElse(""));
  }
}
