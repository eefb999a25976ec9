package dev.postern.revocation;

import dev.postern.x509.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What there is to tell revoked certificates by, from whatever source: nothing of it is trusted
 * before its signature is checked, and what does not fit is passed over.
 *
 * @param certificates of CAs, CRL signers and OCSP responders, in any order
 * @param maxAge how old an answer may be, measured from its thisUpdate, whatever its nextUpdate
 */
public record Evidence(
    List<CertificateList> crls,
    List<OcspResponse> ocsp,
    List<Certificate> certificates,
    Optional<Duration> maxAge) {
  public Evidence {
    crls = List.copyOf(crls);
    ocsp = List.copyOf(ocsp);
    certificates = List.copyOf(certificates);
  }
}
