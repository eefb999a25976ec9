/// Tests of the console, against a ledger in a file.
@NullMarked
package dev.postern.console;

import org.jspecify.annotations.NullMarked;
