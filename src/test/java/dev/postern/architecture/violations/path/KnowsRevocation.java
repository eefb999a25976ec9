package dev.postern.architecture.violations.path;

import dev.postern.architecture.violations.revocation.Neighbour;

/** An arrow that points sideways. */
public record KnowsRevocation(Neighbour neighbour) {}
