package dev.postern.fuzz;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** A sample, in seconds. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FuzzTest extends Fuzzing {
  FuzzTest() {
    super(40, 50);
  }
}
