package dev.postern.authority;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A CA certificate fit to issue below: it says it is a CA, may sign certificates, and has the chain
 * to its root.
 *
 * @param above from the issuer's own issuer upwards, the root last; empty when it is itself the
 *     root
 * @param publication where its CRLs and its own certificate are published, if anywhere
 */
public record IssuerCertificate(
    Certificate certificate, List<Certificate> above, Optional<Publication> publication) {
  public IssuerCertificate(Certificate certificate, List<Certificate> above) {
    this(certificate, above, Optional.empty());
  }

  public IssuerCertificate {
    above = List.copyOf(above);
    List<Problem> problems = problems(certificate);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("cannot issue with " + certificate + ": " + problems);
    }
  }

  /** The same, published there. */
  public IssuerCertificate published(Optional<Publication> where) {
    return new IssuerCertificate(certificate, above, where);
  }

  /** Why {@code certificate} cannot be a CA; empty when it can. */
  public static List<Problem> problems(Certificate certificate) {
    List<Problem> problems = new ArrayList<>();
    if (!certificate.isCa()) {
      problems.add(
          new Problem(
              "basicConstraints",
              "the certificate does not say that it is a CA (RFC 5280 §4.2.1.9)"));
    }
    if (certificate.keyUsage().isPresent()
        && !certificate.keyUsage().get().contains(KeyUsage.KEY_CERT_SIGN)) {
      problems.add(
          new Problem(
              "keyUsage", "keyCertSign is not among the allowed usages (RFC 5280 §4.2.1.3)"));
    }
    return List.copyOf(problems);
  }

  /** What the certificates below carry as AuthorityKeyIdentifier (RFC 5280 §4.2.1.1). */
  public Bytes keyIdentifier() {
    return certificate.keyIdentifier();
  }

  /** What a server sends with a leaf: the issuer and all above it but the root. */
  public List<Certificate> chain() {
    List<Certificate> chain = new ArrayList<>();
    if (!above.isEmpty()) {
      chain.add(certificate);
      chain.addAll(above.subList(0, above.size() - 1));
    }
    return List.copyOf(chain);
  }

  public Certificate root() {
    return above.isEmpty() ? certificate : above.getLast();
  }
}
