package dev.postern.web;

import dev.postern.x509.Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A problem, ready to be told to a person: with the certificate it is about, the one thing to do,
 * and the reference that stands in the log.
 *
 * @param again the page itself, where trying again may help and the action is another
 * @param likely what may be the matter, each with what helps
 */
public record Explanation(
    Problem problem,
    Optional<Certificate> certificate,
    Optional<Action> action,
    Optional<String> again,
    List<String> likely,
    String reference) {
  public Explanation {
    likely = List.copyOf(likely);
  }

  /** A link that looks like a button. */
  public record Action(String label, String address) {}

  public static Explanation of(Problem problem, String reference) {
    return new Explanation(
        problem, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), reference);
  }
}
