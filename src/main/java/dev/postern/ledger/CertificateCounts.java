package dev.postern.ledger;

/**
 * How many certificates there are.
 *
 * @param active neither revoked nor suspended, nor run out
 * @param expiring those of the active that somebody has to see to soon
 * @param expired run out without having been revoked
 */
public record CertificateCounts(
    long active, long expiring, long expired, long suspended, long revoked) {}
