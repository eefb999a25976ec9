package dev.postern.path;

/** By whose rules certificates are judged. */
public enum PathProfile {
  /** RFC 5280 §4 and §6 with its updates 6818, 9549, 9598 and 9618. */
  RFC5280,
  /** The same, and the CA/Browser Forum's Baseline Requirements for TLS servers. */
  WEBPKI
}
