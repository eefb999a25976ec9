package dev.postern.web;

import dev.postern.x509.Certificate;
import java.util.List;

/** What the template {@code authorities.jte} shows: CA certificates, to be compared and fetched. */
public record AuthorityPage(List<Authority> authorities, Language texts, String style) {
  public AuthorityPage {
    authorities = List.copyOf(authorities);
  }

  /** One CA certificate, and where its files are. */
  public record Authority(Certificate certificate, boolean root, List<Link> links) {
    public Authority {
      links = List.copyOf(links);
    }

    public String name() {
      return certificate.subject().commonName().orElse(certificate.subject().toString());
    }

    /** As openssl x509 -fingerprint and postern init write it. */
    public String fingerprint() {
      return certificate.fingerprint().colonHex();
    }
  }

  /** A file to fetch. */
  public record Link(String label, String address) {}

  public String title() {
    return text("authorities.title");
  }

  public String until(Authority authority) {
    return texts.longDay(authority.certificate().notAfter());
  }

  public String role(Authority authority) {
    return text(authority.root() ? "authorities.root" : "authorities.issuing");
  }

  public String text(String key) {
    return texts.text(key);
  }
}
