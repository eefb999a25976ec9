/// Tests of publishing, against a ledger in a file.
@NullMarked
package dev.postern.publish;

import org.jspecify.annotations.NullMarked;
