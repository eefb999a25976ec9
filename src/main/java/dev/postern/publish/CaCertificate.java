package dev.postern.publish;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertsOnly;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A CA certificate in the forms in which it is fetched. */
final class CaCertificate {
  private final Certificate certificate;
  private final String keyId;
  private final PublicFile der;
  private final PublicFile pem;
  private final PublicFile chain;

  private CaCertificate(Certificate certificate, List<Certificate> upwards) {
    this.certificate = certificate;
    this.keyId = certificate.keyIdentifier().hex();
    this.der = file(PublicFile.CERTIFICATE, certificate.der());
    this.pem = file(PublicFile.PEM, PublicSite.pem(certificate));
    this.chain = file(PublicFile.CERTIFICATES, CertsOnly.of(upwards));
  }

  /** Each of {@code chain} with those above it. */
  static List<CaCertificate> chain(List<Certificate> chain) {
    List<CaCertificate> all = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      all.add(new CaCertificate(chain.get(i), chain.subList(i, chain.size())));
    }
    return List.copyOf(all);
  }

  private PublicFile file(String type, Bytes content) {
    return new PublicFile(type, content, certificate.notBefore(), Optional.empty());
  }

  Certificate certificate() {
    return certificate;
  }

  /** As it stands in the addresses. */
  String keyId() {
    return keyId;
  }

  PublicFile file(String ending) {
    return switch (ending) {
      case "cer" -> der;
      case "pem" -> pem;
      default -> chain;
    };
  }
}
