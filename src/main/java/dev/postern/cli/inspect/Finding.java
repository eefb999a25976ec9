package dev.postern.cli.inspect;

import java.util.List;

/**
 * One thing found in a file: what it is, its facts in reading order, and what is wrong with it.
 *
 * @param kind {@code certificate}, {@code certification-request}, {@code crl}, {@code private-key},
 *     {@code pkcs12}
 */
public record Finding(String kind, String title, List<Fact> facts, List<Warning> warnings) {
  public Finding {
    facts = List.copyOf(facts);
    warnings = List.copyOf(warnings);
  }

  /** A label and its value. */
  public record Fact(String label, String value) {}

  /**
   * Something a careful person would want to know.
   *
   * @param code stable, for scripts
   * @param advice what to do, empty where there is nothing to do
   */
  public record Warning(Level level, String code, String text, String advice) {}

  /** How bad. */
  public enum Level {
    /** It does not work, or is unsafe to use. */
    BAD,
    /** It works, with some programs or for a while. */
    CAREFUL
  }
}
