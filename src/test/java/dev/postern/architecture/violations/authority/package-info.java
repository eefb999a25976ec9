/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.authority;

import org.jspecify.annotations.NullMarked;
