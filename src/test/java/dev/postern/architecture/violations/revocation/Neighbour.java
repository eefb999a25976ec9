package dev.postern.architecture.violations.revocation;

/** On the level of path. */
public record Neighbour() {}
