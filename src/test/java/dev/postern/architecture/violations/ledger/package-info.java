/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.ledger;

import org.jspecify.annotations.NullMarked;
