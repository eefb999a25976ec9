/// Can this certificate be believed? Path building and validation after RFC 5280 §6.
///
/// [PathValidator] answers with a [VerifiedPath], which nobody else can make, or with a
/// [PathProblem]: a stable code, the certificate it concerns, and the evidence. Trust starts at a
/// [TrustAnchor].
///
/// Pure: no files, sockets, clock or randomness; the work is bounded.
@NullMarked
package dev.postern.path;

import org.jspecify.annotations.NullMarked;
