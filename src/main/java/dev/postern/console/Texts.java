package dev.postern.console;

import java.text.MessageFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;

/** Every text of the console's pages. A translation is one more file beside the bundle. */
public final class Texts {
  static final Texts ENGLISH = new Texts(Locale.ROOT);

  private final ResourceBundle bundle;
  private final Locale locale;
  private final DateTimeFormatter moment;
  private final DateTimeFormatter day;
  private final DateTimeFormatter clock;

  private Texts(Locale wanted) {
    this.bundle =
        ResourceBundle.getBundle(
            "dev.postern.console.console",
            wanted,
            Control.getNoFallbackControl(Control.FORMAT_PROPERTIES));
    this.locale = Locale.forLanguageTag(bundle.getString("lang"));
    this.moment = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", locale).withZone(ZoneOffset.UTC);
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss", locale).withZone(ZoneOffset.UTC);
    this.day = DateTimeFormatter.ofPattern("d MMM uuuu", locale).withZone(ZoneOffset.UTC);
  }

  public String text(String key) {
    return bundle.getString(key);
  }

  /** With {@code {0}}, {@code {1}} … filled in; an apostrophe is written twice in such a text. */
  public String text(String key, Object... values) {
    return new MessageFormat(bundle.getString(key), locale).format(values);
  }

  /** The text, or the word itself where there is none: for words that others may add to. */
  public String word(String prefix, String word) {
    String key = prefix + "." + word;
    return bundle.containsKey(key) ? bundle.getString(key) : word;
  }

  boolean knows(String key) {
    return bundle.containsKey(key);
  }

  public String moment(Instant instant) {
    return moment.format(instant) + " UTC";
  }

  public String day(Instant instant) {
    return day.format(instant);
  }

  /** The time of day, to the second. */
  public String clock(Instant instant) {
    return clock.format(instant);
  }

  public String number(long number) {
    return String.format(locale, "%,d", number);
  }
}
