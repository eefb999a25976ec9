/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.x509;

import org.jspecify.annotations.NullMarked;
