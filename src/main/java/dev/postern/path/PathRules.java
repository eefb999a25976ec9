package dev.postern.path;

import dev.postern.x509.GeneralName;
import java.util.List;

/**
 * What is asked of a path besides RFC 5280's own rules. Start from {@link #DEFAULT}.
 *
 * @param names names that the leaf must all have among its subjectAltNames; the common name is not
 *     looked at (RFC 9525 §2)
 * @param maxDepth how many CAs may stand between leaf and anchor, self-issued ones not counted
 */
public record PathRules(
    PathProfile profile,
    ExtendedKeyUsageMode extendedKeyUsage,
    List<GeneralName> names,
    int maxDepth,
    PolicyInput policy,
    Era era) {
  public static final PathRules DEFAULT =
      new PathRules(
          PathProfile.RFC5280,
          ExtendedKeyUsageMode.LENIENT,
          List.of(),
          Budget.MAX_PATH_LENGTH,
          PolicyInput.ANY,
          Era.TODAY);

  public PathRules {
    names = List.copyOf(names);
    if (maxDepth < 0) {
      throw new IllegalArgumentException("a depth is zero or more, not " + maxDepth);
    }
  }

  public PathRules withProfile(PathProfile profile) {
    return new PathRules(profile, extendedKeyUsage, names, maxDepth, policy, era);
  }

  public PathRules withExtendedKeyUsage(ExtendedKeyUsageMode mode) {
    return new PathRules(profile, mode, names, maxDepth, policy, era);
  }

  public PathRules withNames(List<GeneralName> names) {
    return new PathRules(profile, extendedKeyUsage, names, maxDepth, policy, era);
  }

  public PathRules withMaxDepth(int maxDepth) {
    return new PathRules(profile, extendedKeyUsage, names, maxDepth, policy, era);
  }

  /** Only for who asks about the past: signing in is always judged by {@link Era#TODAY}. */
  public PathRules withEra(Era era) {
    return new PathRules(profile, extendedKeyUsage, names, maxDepth, policy, era);
  }

  public PathRules withPolicy(PolicyInput policy) {
    return new PathRules(profile, extendedKeyUsage, names, maxDepth, policy, era);
  }
}
