package dev.postern.path;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * valid_policy_graph (RFC 9618): which policies the certificates so far agree on, one level a
 * certificate. The tree of RFC 5280 copied a node for each way to reach it, and a few mappings made
 * it grow exponentially; here a policy has one node a level, with all its parents.
 */
final class PolicyGraph {
  private static final String ANY = PolicyInput.ANY_POLICY;

  /** From the anchor down; each from valid_policy to its node. Empty: the graph is NULL. */
  private final List<Map<String, Node>> levels = new ArrayList<>();

  /** A class, not a record: two nodes are the same only when they are one. */
  private static final class Node {
    final String policy;
    final Set<String> expected;
    final List<Node> parents;

    Node(String policy, Set<String> expected, List<Node> parents) {
      this.policy = policy;
      this.expected = expected;
      this.parents = parents;
    }
  }

  /** §6.1.2 (a): one node, anyPolicy. */
  PolicyGraph() {
    Map<String, Node> root = new LinkedHashMap<>();
    root.put(ANY, new Node(ANY, Set.of(ANY), List.of()));
    levels.add(root);
  }

  boolean isEmpty() {
    return levels.isEmpty();
  }

  /** §6.1.3 (e). */
  void clear() {
    levels.clear();
  }

  /** §6.1.3 (d): adds the level of a certificate that asserts {@code policies}. */
  void extend(Set<String> policies, boolean anyCounts) {
    if (levels.isEmpty()) {
      return;
    }
    Map<String, List<Node>> expecting = new LinkedHashMap<>();
    for (Node node : levels.getLast().values()) {
      node.expected.forEach(
          policy -> expecting.computeIfAbsent(policy, _ -> new ArrayList<>()).add(node));
    }
    List<Node> expectingAny = expecting.getOrDefault(ANY, List.of());
    Map<String, Node> next = new LinkedHashMap<>();
    for (String policy : policies) { // (d)(1)
      List<Node> parents = expecting.getOrDefault(policy, expectingAny);
      if (!policy.equals(ANY) && !parents.isEmpty()) {
        next.put(policy, new Node(policy, Set.of(policy), parents));
      }
    }
    if (policies.contains(ANY) && anyCounts) { // (d)(2)
      expecting.forEach(
          (policy, parents) -> next.putIfAbsent(policy, new Node(policy, Set.of(policy), parents)));
    }
    levels.add(next);
    prune(); // (d)(3)
  }

  /** §6.1.4 (b)(1): from here on, {@code subject} policies are as good as {@code issuer}. */
  void map(String issuer, Set<String> subject) {
    if (levels.isEmpty()) {
      return;
    }
    Map<String, Node> level = levels.getLast();
    Node node = level.getOrDefault(issuer, level.get(ANY));
    if (node != null) {
      level.put(issuer, new Node(issuer, Set.copyOf(subject), node.parents));
    }
  }

  /** §6.1.4 (b)(2): mapping is forbidden, so a policy that is mapped ends here. */
  void remove(Set<String> policies) {
    if (!levels.isEmpty() && levels.getLast().keySet().removeAll(policies)) {
      prune();
    }
  }

  /** Takes away the nodes that no certificate below agrees with. */
  private void prune() {
    for (int depth = levels.size() - 1; depth > 0; depth--) {
      Set<Node> needed = new HashSet<>();
      levels.get(depth).values().forEach(node -> needed.addAll(node.parents));
      levels.get(depth - 1).values().retainAll(needed);
    }
    if (levels.getFirst().isEmpty()) {
      clear();
    }
  }

  /**
   * §6.1.5 (g)(iii): whether the policies that an anyPolicy led to, in the anchor's own domain,
   * hold one of {@code wanted}; anyPolicy on the last level holds them all.
   */
  boolean allowsOneOf(Set<String> wanted) {
    if (levels.isEmpty()) {
      return false;
    }
    return levels.getLast().containsKey(ANY)
        || levels.stream()
            .flatMap(level -> level.values().stream())
            .anyMatch(node ->
                wanted.contains(node.policy)
                    && node.parents.stream().anyMatch(parent -> parent.policy.equals(ANY)));
  }
}
