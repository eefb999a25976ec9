package dev.postern.authority;

import dev.postern.x509.Certificate;
import java.util.List;

/** What came of a request. */
public sealed interface Issuance {
  /** {@code chain} leads from the certificate's issuer upwards and leaves the root out. */
  record Issued(Certificate certificate, List<Certificate> chain) implements Issuance {
    public Issued {
      chain = List.copyOf(chain);
    }
  }

  /** Never empty, and never only the first. */
  record Refused(List<Problem> problems) implements Issuance {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
