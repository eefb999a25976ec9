package dev.postern.path;

/** How much a certificate must say about its purpose (RFC 5280 §4.2.1.12). */
public enum ExtendedKeyUsageMode {
  /** Saying nothing, or anyExtendedKeyUsage, allows everything. */
  LENIENT,
  /** The leaf must name the purpose. */
  STRICT_LEAF,
  /** The leaf and every intermediate must name it. */
  STRICT
}
