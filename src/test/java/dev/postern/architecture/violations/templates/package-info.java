/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.templates;

import org.jspecify.annotations.NullMarked;
