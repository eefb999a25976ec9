/// A request becomes a certificate.
///
/// [Authority] is the one place that issues: it asks a [Profile] to prepare (all problems at once,
/// no signature yet), records the intent in the [Ledger], has the [Signer] sign, checks what came
/// back, records it, and only then returns it. So a crash at any moment loses no certificate that
/// somebody received, and a serial number is never used twice.
///
/// It never sees a private key: [Signer] is a seam that `keys` implements.
///
/// Speaks RFC 5280 §4 (what a certificate contains).
@NullMarked
package dev.postern.authority;

import org.jspecify.annotations.NullMarked;
