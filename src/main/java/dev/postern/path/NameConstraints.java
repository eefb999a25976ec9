package dev.postern.path;

import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.jspecify.annotations.Nullable;

/**
 * permitted_subtrees and excluded_subtrees of RFC 5280 §6.1.2 (b) and (c), as the path goes down.
 *
 * <pre>
 * NameConstraints ::= SEQUENCE {
 *      permittedSubtrees       [0]     GeneralSubtrees OPTIONAL,
 *      excludedSubtrees        [1]     GeneralSubtrees OPTIONAL }
 *
 * GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
 *
 * GeneralSubtree ::= SEQUENCE {
 *      base                    GeneralName,
 *      minimum         [0]     BaseDistance DEFAULT 0,
 *      maximum         [1]     BaseDistance OPTIONAL }
 * </pre>
 *
 * The intersection of §6.1.4 (g)(1) is never computed: a name lies in it when it lies in what each
 * CA permitted, so the CAs are asked one by one.
 */
final class NameConstraints {
  /** One list for each CA that permits anything. */
  private final List<List<Subtree>> permitted = new ArrayList<>();

  private final List<Subtree> excluded = new ArrayList<>();

  private final Era era;

  NameConstraints(Era era) {
    this.era = era;
  }

  /** §6.1.4 (g). */
  void add(Certificate ca) throws MalformedException {
    var extension =
        ca.extension(
            Extension.nameConstraints, org.bouncycastle.asn1.x509.NameConstraints::getInstance);
    if (extension.isEmpty()) {
      return;
    }
    GeneralSubtree[] permits = extension.get().getPermittedSubtrees();
    GeneralSubtree[] excludes = extension.get().getExcludedSubtrees();
    if (permits == null && excludes == null) {
      throw new MalformedException("nameConstraints", "neither permits nor excludes anything");
    }
    if (permits != null) {
      permitted.add(subtrees(permits));
    }
    if (excludes != null) {
      excluded.addAll(subtrees(excludes));
    }
  }

  private List<Subtree> subtrees(GeneralSubtree[] structures) throws MalformedException {
    if (structures.length == 0) {
      throw new MalformedException("nameConstraints", "has an empty list of subtrees");
    }
    List<Subtree> subtrees = new ArrayList<>();
    for (GeneralSubtree structure : structures) {
      if (!BigInteger.ZERO.equals(structure.getMinimum()) || structure.getMaximum() != null) {
        throw new MalformedException("nameConstraints", "uses minimum or maximum");
      }
      subtrees.add(Subtree.of(GeneralName.of(structure.getBase()), era));
    }
    return List.copyOf(subtrees);
  }

  /** §6.1.3 (b) and (c): what is wrong with each of {@code names}. */
  List<String> violations(List<GeneralName> names, Budget budget) throws Budget.SpentException {
    if (permitted.isEmpty() && excluded.isEmpty()) {
      return List.of();
    }
    List<String> violations = new ArrayList<>();
    for (GeneralName name : names) {
      String violation = violation(name, budget);
      if (violation != null) {
        violations.add(violation);
      }
    }
    return violations;
  }

  private @Nullable String violation(GeneralName name, Budget budget) throws Budget.SpentException {
    Optional<Subtree> hit = first(excluded, name, Subtree::mayReach, budget);
    if (hit.isPresent()) {
      return "a CA above excludes " + name.text();
    }
    for (List<Subtree> each : permitted) {
      boolean speaksOfIt = each.stream().anyMatch(subtree -> subtree.isOfFormOf(name));
      if (speaksOfIt && first(each, name, Subtree::holds, budget).isEmpty()) {
        return "a CA above does not permit " + name.text();
      }
    }
    return null;
  }

  /** How a name and a subtree of its form can relate. */
  @FunctionalInterface
  private interface Relation {
    boolean test(Subtree subtree, GeneralName name);
  }

  private static Optional<Subtree> first(
      List<Subtree> subtrees, GeneralName name, Relation relation, Budget budget)
      throws Budget.SpentException {
    int cost = 1 + name.text().length() / 256;
    for (Subtree subtree : subtrees) {
      budget.spend(Budget.Work.COMPARISON, cost);
      if (subtree.isOfFormOf(name) && relation.test(subtree, name)) {
        return Optional.of(subtree);
      }
    }
    return Optional.empty();
  }
}
