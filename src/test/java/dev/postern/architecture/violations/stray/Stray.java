package dev.postern.architecture.violations.stray;

/** In no room, and in a package that is not null-marked. */
record Stray() {}
