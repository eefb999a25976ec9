/// Ledgers as they are after ten million certificates: [Filling] writes one, of [People] who are
/// alike but for their numbers, found by the [Words] that Postern itself would have written down.
package dev.postern.bench.ledgers;
