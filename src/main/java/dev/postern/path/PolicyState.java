package dev.postern.path;

import dev.postern.path.PolicyInput.Demand;
import dev.postern.x509.Certificate;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The policy variables of RFC 5280 §6.1.2 and the graph that RFC 9618 put in the place of the tree,
 * going down the path.
 */
final class PolicyState {
  private final PolicyInput input;
  private final PolicyGraph graph = new PolicyGraph(); // (a)

  /**
   * explicit_policy (d), inhibit_anyPolicy (e) and policy_mapping (f): how many certificates it
   * still takes until the demand holds.
   */
  private final Map<Demand, Integer> until = new EnumMap<>(Demand.class);

  PolicyState(int pathLength, PolicyInput input) {
    this.input = input;
    for (Demand demand : Demand.values()) {
      until.put(demand, input.demands().contains(demand) ? 0 : pathLength + 1);
    }
  }

  private boolean holds(Demand demand) {
    return until.getOrDefault(demand, 0) == 0;
  }

  /** §6.1.3 (d), (e), (f); false when a policy is needed and none is left. */
  boolean process(PolicyExtensions extensions, boolean isLeaf, Certificate certificate) {
    boolean anyCounts =
        !holds(Demand.INHIBIT_ANY_POLICY) || (!isLeaf && certificate.isSelfIssued());
    if (extensions.policies().isPresent()) {
      graph.extend(extensions.policies().get(), anyCounts);
    } else {
      graph.clear();
    }
    return !holds(Demand.EXPLICIT_POLICY) || !graph.isEmpty();
  }

  /** §6.1.4 (a), (b); false when anyPolicy is mapped. */
  boolean map(Map<String, Set<String>> mappings) {
    boolean mapsAny =
        mappings.containsKey(PolicyInput.ANY_POLICY)
            || mappings.values().stream().anyMatch(set -> set.contains(PolicyInput.ANY_POLICY));
    if (mapsAny) {
      return false;
    }
    if (holds(Demand.INHIBIT_MAPPING)) {
      graph.remove(mappings.keySet());
    } else {
      mappings.forEach(graph::map);
    }
    return true;
  }

  /** §6.1.4 (h), for certificates that are not self-issued. */
  void countDown() {
    until.replaceAll((_, certificates) -> Math.max(0, certificates - 1));
  }

  /** §6.1.4 (i), (j). */
  void constrain(PolicyExtensions extensions) {
    lower(Demand.EXPLICIT_POLICY, extensions.requireExplicitPolicy());
    lower(Demand.INHIBIT_MAPPING, extensions.inhibitPolicyMapping());
    lower(Demand.INHIBIT_ANY_POLICY, extensions.inhibitAnyPolicy());
  }

  private void lower(Demand demand, OptionalInt skipCerts) {
    skipCerts.ifPresent(limit -> until.merge(demand, limit, Math::min));
  }

  /** §6.1.5 (a), (b), (g); false when the leaf is under none of the policies asked for. */
  boolean wrapUp(PolicyExtensions leaf) {
    countDown();
    if (leaf.requireExplicitPolicy().orElse(1) == 0) {
      until.put(Demand.EXPLICIT_POLICY, 0);
    }
    return !holds(Demand.EXPLICIT_POLICY)
        || (input.acceptsAny() ? !graph.isEmpty() : graph.allowsOneOf(input.initial()));
  }
}
