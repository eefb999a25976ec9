/// Can this certificate be believed? One certificate for a person ([Verifier]), or one JSON line
/// for each JSON line ([Batch]): the contracts of `verify --batch`, `parse --batch` and `p12
/// inspect --batch`.
///
/// [Verifier] asks the validator that the gateway asks. Nothing here fetches anything.
@NullMarked
package dev.postern.cli.verify;

import org.jspecify.annotations.NullMarked;
