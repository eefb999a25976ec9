package dev.postern.cli.export;

import java.util.Optional;
import java.util.SortedSet;

/** An enabled user, as far as back ends are told. */
public record Person(String name, Optional<String> email, SortedSet<String> groups) {}
