/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.revocation;

import org.jspecify.annotations.NullMarked;
