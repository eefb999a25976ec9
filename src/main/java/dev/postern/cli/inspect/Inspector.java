package dev.postern.cli.inspect;

import dev.postern.cli.inspect.Finding.Fact;
import dev.postern.cli.inspect.Finding.Level;
import dev.postern.cli.inspect.Finding.Warning;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.revocation.CertificateList;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1SequenceParser;
import org.bouncycastle.asn1.ASN1StreamParser;

/** Tells what a file holds, whatever its form: PEM with any blocks, or DER of any kind we know. */
public final class Inspector {
  private final Instant now;
  private final Optional<Passphrase> passphrase;

  /** {@code passphrase} opens PKCS#12 files; private keys are never opened. */
  public Inspector(Instant now, Optional<Passphrase> passphrase) {
    this.now = now;
    this.passphrase = passphrase;
  }

  /** Everything in the file, in its order; malformed when it is none of the things we know. */
  public List<Finding> inspect(byte[] file) throws MalformedException {
    return Pem.looksLikePem(file)
        ? pem(new String(file, StandardCharsets.ISO_8859_1))
        : der(Bytes.of(file));
  }

  private List<Finding> pem(String text) throws MalformedException {
    List<Finding> findings = new ArrayList<>();
    for (Pem.Block block : Pem.parse(text)) {
      findings.add(block(block));
    }
    if (findings.isEmpty()) {
      throw new MalformedException("file", "there is nothing in it that we know");
    }
    return findings;
  }

  private Finding block(Pem.Block block) throws MalformedException {
    return switch (block.label()) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
          CertificateFindings.of(Certificate.parse(block.content()), now);
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          OtherFindings.of(CertificationRequest.parse(block.content()));
      case "X509 CRL" -> OtherFindings.of(CertificateList.parse(block.content()), now);
      case "ENCRYPTED PRIVATE KEY" -> OtherFindings.privateKey("PKCS#8, encrypted", true);
      case "PRIVATE KEY" -> OtherFindings.privateKey("PKCS#8", false);
      case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
          OtherFindings.privateKey(
              "OpenSSL's old form",
              block.headers().stream().anyMatch(h -> h.contains("ENCRYPTED")));
      default ->
          new Finding(
              "unknown",
              "A block of type " + block.label() + ", which Postern does not read",
              List.of(),
              List.of());
    };
  }

  /** DER says nothing about its kind, so each is tried. */
  private List<Finding> der(Bytes der) throws MalformedException {
    try {
      return List.of(CertificateFindings.of(Certificate.parse(der), now));
    } catch (MalformedException asCertificate) {
      return notACertificate(der, asCertificate);
    }
  }

  private List<Finding> notACertificate(Bytes der, MalformedException asCertificate)
      throws MalformedException {
    Optional<List<Finding>> request = request(der);
    if (request.isPresent()) {
      return request.get();
    }
    Optional<List<Finding>> crl = crl(der);
    if (crl.isPresent()) {
      return crl.get();
    }
    return pkcs12(der, asCertificate);
  }

  private static Optional<List<Finding>> request(Bytes der) {
    try {
      return Optional.of(List.of(OtherFindings.of(CertificationRequest.parse(der))));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private Optional<List<Finding>> crl(Bytes der) {
    try {
      return Optional.of(List.of(OtherFindings.of(CertificateList.parse(der), now)));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /**
   * PFX ::= SEQUENCE { version INTEGER {v3(3)}, … } (RFC 7292 §4): nothing else we know begins so.
   */
  public static boolean isPkcs12(byte[] file) {
    try {
      return new ASN1StreamParser(file).readObject() instanceof ASN1SequenceParser sequence
          && sequence.readObject() instanceof ASN1Integer version
          && version.hasValue(3);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private List<Finding> pkcs12(Bytes der, MalformedException asCertificate)
      throws MalformedException {
    if (!isPkcs12(der.toArray())) {
      throw new MalformedException(
          "file",
          "it is no certificate, CSR, CRL or PKCS#12 file, neither in PEM nor in DER (read as a certificate: "
              + asCertificate.reason()
              + ")");
    }
    Pkcs12.Opening opening =
        passphrase.map(secret -> Pkcs12.open(der, secret)).orElseGet(() -> Pkcs12.open(der));
    return switch (opening) {
      case Pkcs12.Opening.Malformed(String reason) ->
          throw new MalformedException("pkcs12", reason);
      case Pkcs12.Opening.WrongPassword() ->
          List.of(
              new Finding(
                  "pkcs12",
                  "PKCS#12 file, closed",
                  List.of(),
                  List.of(
                      new Warning(
                          Level.CAREFUL,
                          passphrase.isPresent() ? "wrong-password" : "password-needed",
                          passphrase.isPresent()
                              ? "the password is not this one"
                              : "what is in it needs its password",
                          "put the password into a file and name it: postern inspect --passphrase-file THAT-FILE …"))));
      case Pkcs12.Opening.Opened opened -> opened(opened);
    };
  }

  private List<Finding> opened(Pkcs12.Opening.Opened opened) {
    List<Fact> facts = new ArrayList<>();
    opened.friendlyName().ifPresent(name -> facts.add(new Fact("Called", name)));
    facts.add(new Fact("Certificates", Integer.toString(opened.certificates().size())));
    facts.add(new Fact("Private keys", Integer.toString(opened.keys().size())));
    List<Warning> warnings = new ArrayList<>();
    if (passphrase.isEmpty()) {
      warnings.add(
          new Warning(
              Level.BAD,
              "no-password",
              "opens without a password: anybody can use the key in it",
              "issue it anew"));
    }
    opened
        .remarks()
        .forEach(remark -> warnings.add(new Warning(Level.CAREFUL, "pkcs12", remark, "")));
    List<Finding> findings = new ArrayList<>();
    findings.add(new Finding("pkcs12", "PKCS#12 file", facts, warnings));
    opened
        .certificates()
        .forEach(certificate -> findings.add(CertificateFindings.of(certificate, now)));
    return findings;
  }
}
