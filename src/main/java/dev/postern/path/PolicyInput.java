package dev.postern.path;

import java.util.Set;

/**
 * The certificate policies that are asked for: the inputs (c), (e), (f) and (g) of RFC 5280 §6.1.1.
 *
 * @param initial user-initial-policy-set, dotted; {@link #ANY_POLICY} accepts any
 */
public record PolicyInput(Set<String> initial, Set<Demand> demands) {
  /** anyPolicy (RFC 5280 §4.2.1.4). */
  public static final String ANY_POLICY = "2.5.29.32.0";

  /** Any policy, or none at all. */
  public static final PolicyInput ANY = new PolicyInput(Set.of(ANY_POLICY), Set.of());

  /** The three indicators of §6.1.1, off unless they are here. */
  public enum Demand {
    /** (f) The path must be valid for at least one of the initial policies. */
    EXPLICIT_POLICY,
    /** (e) CAs may not say that their policy is as good as another. */
    INHIBIT_MAPPING,
    /** (g) anyPolicy in a certificate means nothing. */
    INHIBIT_ANY_POLICY
  }

  public PolicyInput {
    initial = Set.copyOf(initial);
    demands = Set.copyOf(demands);
  }

  boolean acceptsAny() {
    return initial.contains(ANY_POLICY);
  }
}
