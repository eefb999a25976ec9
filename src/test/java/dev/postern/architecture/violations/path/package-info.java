/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.path;

import org.jspecify.annotations.NullMarked;
