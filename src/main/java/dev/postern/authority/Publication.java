package dev.postern.authority;

import dev.postern.revocation.CrlLocation;
import dev.postern.x509.Bytes;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.net.URI;
import java.util.OptionalInt;

/**
 * Where an authority publishes, and how: what its certificates say about that.
 *
 * @param base {@code http://pki.example.com}, without a slash at its end
 * @param shards into how many CRLs new certificates are divided; 1: they name the full one
 * @param deltas whether there are delta CRLs
 */
public record Publication(URI base, int shards, boolean deltas) {
  public Publication {
    if (shards < 1) {
      throw new IllegalArgumentException("at least one CRL, not " + shards);
    }
  }

  /**
   * The CRL that lists a certificate with this number, should it be revoked; empty: the full one.
   */
  OptionalInt shardOf(SerialNumber serial) {
    return shards == 1
        ? OptionalInt.empty()
        : OptionalInt.of(serial.value().mod(BigInteger.valueOf(shards)).intValue());
  }

  /** {@code /crl/<key id>.crl} for the full CRL, {@code /crl/<key id>/<shard>.crl} for a part. */
  public CrlLocation crl(Bytes issuerKeyIdentifier, OptionalInt shard) {
    return location(issuerKeyIdentifier, shard, ".crl");
  }

  /** {@code /crl/<key id>-delta.crl}, {@code /crl/<key id>/<shard>-delta.crl}. */
  public CrlLocation deltaCrl(Bytes issuerKeyIdentifier, OptionalInt shard) {
    return location(issuerKeyIdentifier, shard, "-delta.crl");
  }

  private CrlLocation location(Bytes issuerKeyIdentifier, OptionalInt shard, String ending) {
    String part = shard.isPresent() ? "/" + shard.getAsInt() : "";
    return new CrlLocation(URI.create(base + "/crl/" + issuerKeyIdentifier.hex() + part + ending));
  }

  /** The CA certificate as DER (RFC 5280 §4.2.2.1). */
  public URI certificate(Bytes keyIdentifier) {
    return URI.create(base + "/ca/" + keyIdentifier.hex() + ".cer");
  }

  public URI ocsp() {
    return URI.create(base + "/ocsp");
  }
}
