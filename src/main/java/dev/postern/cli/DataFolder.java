package dev.postern.cli;

import java.nio.file.Path;

/**
 * Where things lie. The root's private key is not among them: it has a folder of its own, which is
 * taken offline.
 *
 * <pre>
 * postern-data/
 *   ca/root.pem         the certificate that clients and browsers trust
 *   ca/root.crl         says that the issuing CA still counts; signed where the root's key is
 *   ca/issuing.pem      the issuing CA's certificate, and any CA between it and the root
 *   keys/issuing.key    signs certificates; encrypted
 *   keys/server.key     the gateway's TLS key; encrypted
 *   keys/ocsp.key       signs OCSP answers; encrypted
 *   ledger.db           who was issued what, users, events
 *   live/               sockets that postern top asks
 * </pre>
 */
record DataFolder(Path path) {
  Path ledger() {
    return path.resolve("ledger.db");
  }

  Path live() {
    return path.resolve("live");
  }

  Path keys() {
    return path.resolve("keys");
  }

  Path issuingKey() {
    return keys().resolve("issuing.key");
  }

  Path serverKey() {
    return keys().resolve("server.key");
  }

  Path ca() {
    return path.resolve("ca");
  }

  Path rootCertificate() {
    return ca().resolve("root.pem");
  }

  Path rootCrl() {
    return ca().resolve("root.crl");
  }

  Path ocspKey() {
    return keys().resolve("ocsp.key");
  }

  Path issuingCertificate() {
    return ca().resolve("issuing.pem");
  }
}
