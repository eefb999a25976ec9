/// Bytes that no honest peer sends, at every parser: files of others' fuzzers and our own damage.
@NullMarked
package dev.postern.fuzz;

import org.jspecify.annotations.NullMarked;
