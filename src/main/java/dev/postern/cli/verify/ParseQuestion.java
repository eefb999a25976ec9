package dev.postern.cli.verify;

import dev.postern.cli.verify.Fields.BadRequestException;
import dev.postern.keys.KeyFile;
import dev.postern.keys.Pkcs12;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.OcspResponse;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SubjectPublicKey;

/** {@code parse --batch}: do these bytes hold what they are said to hold? */
public final class ParseQuestion implements Question {
  /** What the bytes are said to be. */
  public enum Kind {
    CERT,
    CRL,
    CSR,
    OCSP,
    /** A private key without a passphrase in any form we read, or a SubjectPublicKeyInfo. */
    KEY,
    /** Opened without a password where there is none; otherwise its outside alone. */
    P12
  }

  private final Kind kind;

  public ParseQuestion(Kind kind) {
    this.kind = kind;
  }

  @Override
  public Answer answer(Fields request) throws BadRequestException, MalformedException {
    parse(kind, request.bytes("der"));
    return Answer.of("PARSED");
  }

  @Override
  public Answer refused(String reason, String detail) {
    return Answer.of("REJECT", reason, detail);
  }

  private static void parse(Kind kind, Bytes der) throws MalformedException {
    switch (kind) {
      case CERT -> Certificate.parse(der);
      case CRL -> CertificateList.parse(der);
      case CSR -> CertificationRequest.parse(der);
      case OCSP -> OcspResponse.parse(der);
      case KEY -> key(der);
      case P12 -> pkcs12(der);
    }
  }

  private static void key(Bytes der) throws MalformedException {
    try {
      KeyFile.parse(der);
    } catch (MalformedException asPrivateKey) {
      try {
        SubjectPublicKey.parse(der);
      } catch (MalformedException asPublicKey) {
        throw asPrivateKey;
      }
    }
  }

  private static void pkcs12(Bytes der) throws MalformedException {
    if (Pkcs12.open(der) instanceof Pkcs12.Opening.Malformed(String reason)) {
      throw new MalformedException("pkcs12", reason);
    }
  }
}
