package dev.postern.path;

import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.OtherName;

/** The names that name constraints speak about (RFC 5280 §4.2.1.10, RFC 9598 §6). */
final class SubjectNames {
  /** id-on-SmtpUTF8Mailbox (RFC 9598 §3): a mailbox whose local part is not ASCII. */
  private static final ASN1ObjectIdentifier SMTP_UTF8_MAILBOX =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.9");

  private SubjectNames() {}

  /** The subject, unless empty, and every alternative name. */
  static List<GeneralName> of(Certificate certificate) throws MalformedException {
    List<GeneralName> names = new ArrayList<>();
    if (!certificate.subject().isEmpty()) {
      names.add(new GeneralName.DirectoryName(certificate.subject()));
    }
    List<GeneralName> alternatives = certificate.subjectAlternativeNames();
    names.addAll(alternatives);
    for (GeneralName name : alternatives) {
      if (name instanceof GeneralName.Other(int tag, var der)
          && tag == org.bouncycastle.asn1.x509.GeneralName.otherName) {
        names.addAll(mailbox(Parsing.der("subjectAltName", der, Parsing.MAX_STRUCTURE)));
      }
    }
    if (alternatives.isEmpty()) {
      // "MUST be applied to the attribute of type emailAddress in the subject"
      for (String address : certificate.subject().attributes(BCStyle.EmailAddress)) {
        names.add(new GeneralName.Rfc822Name(address));
      }
    }
    return names;
  }

  /**
   * The common names of a certificate that has no alternative name a host could go by (RFC 6125
   * §6.4.4), as the DNS names that they were until {@link Era#BEFORE_2017} ended.
   */
  static List<GeneralName> hostsByCommonName(Certificate certificate) {
    boolean namesHosts =
        certificate.subjectAlternativeNames().stream()
            .anyMatch(name ->
                name instanceof GeneralName.DnsName
                    || name instanceof GeneralName.IpAddress
                    || name instanceof GeneralName.UniformResourceIdentifier);
    return namesHosts
        ? List.of()
        : certificate.subject().attributes(BCStyle.CN).stream()
            .<GeneralName>map(GeneralName.DnsName::new)
            .filter(NameSyntax::isWellFormed)
            .toList();
  }

  private static List<GeneralName> mailbox(ASN1Primitive name) throws MalformedException {
    return Parsing.at(
        "subjectAltName.otherName",
        () -> {
          OtherName other =
              OtherName.getInstance(
                  org.bouncycastle.asn1.x509.GeneralName.getInstance(name).getName());
          return other.getTypeID().equals(SMTP_UTF8_MAILBOX)
              ? List.of(
                  new GeneralName.Rfc822Name(
                      ASN1UTF8String.getInstance(other.getValue()).getString()))
              : List.of();
        });
  }
}
