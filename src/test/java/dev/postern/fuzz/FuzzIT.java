package dev.postern.fuzz;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** Every file, and a good deal of damage. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FuzzIT extends Fuzzing {
  FuzzIT() {
    super(1, 1000);
  }
}
