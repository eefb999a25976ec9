package dev.postern.cli;

import dev.postern.authority.Validity;
import java.time.Duration;

/** Spans of time, as options have them. */
final class Durations {
  private Durations() {}

  static Duration parse(String option, String text) {
    return Validity.parse(text)
        .orElseThrow(() ->
            CommandFailure.usage(
                option + " is a number and s, m, h, d, w or y, like 90d, not " + text));
  }
}
