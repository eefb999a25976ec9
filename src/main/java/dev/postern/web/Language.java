package dev.postern.web;

import java.text.MessageFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.ResourceBundle;

/** One language's texts, dates and numbers. A translation is one more file beside the bundle. */
public final class Language {
  private final ResourceBundle bundle;
  private final Locale locale;
  private final DateTimeFormatter moment;
  private final DateTimeFormatter day;
  private final DateTimeFormatter longMoment;
  private final DateTimeFormatter longDay;
  private final DateTimeFormatter clock;

  /** {@code bundle} says under {@code lang} which language it is. */
  Language(ResourceBundle bundle) {
    this.bundle = bundle;
    this.locale = Locale.forLanguageTag(bundle.getString("lang"));
    this.moment = formatter("d MMM uuuu, HH:mm 'UTC'");
    this.day = formatter("d MMM uuuu");
    this.longMoment = formatter("d MMMM uuuu, HH:mm 'UTC'");
    this.longDay = formatter("d MMMM uuuu");
    this.clock = formatter("HH:mm:ss");
  }

  private DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, locale).withZone(ZoneOffset.UTC);
  }

  boolean isEnglish() {
    return locale.getLanguage().equals("en");
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

  public boolean knows(String key) {
    return bundle.containsKey(key);
  }

  /** With the month in short, for lists. */
  public String moment(Instant instant) {
    return moment.format(instant);
  }

  /** With the month in short, for lists. */
  public String day(Instant instant) {
    return day.format(instant);
  }

  public String longMoment(Instant instant) {
    return longMoment.format(instant);
  }

  public String longDay(Instant instant) {
    return longDay.format(instant);
  }

  /** The time of day, to the second. */
  public String clock(Instant instant) {
    return clock.format(instant);
  }

  public String number(long number) {
    return String.format(locale, "%,d", number);
  }
}
