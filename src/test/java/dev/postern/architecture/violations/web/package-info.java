/// Breaks rules on purpose; see ArchitectureTest.
@NullMarked
package dev.postern.architecture.violations.web;

import org.jspecify.annotations.NullMarked;
