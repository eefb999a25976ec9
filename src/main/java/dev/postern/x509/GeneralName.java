package dev.postern.x509;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.OtherName;

/**
 * GeneralName (RFC 5280 §4.2.1.6), the kinds that name somebody or something.
 *
 * <pre>
 * GeneralName ::= CHOICE {
 *      otherName                 [0]  OtherName,          -- the Microsoft UPN is one
 *      rfc822Name                [1]  IA5String,
 *      dNSName                   [2]  IA5String,
 *      x400Address               [3]  ORAddress,
 *      directoryName             [4]  Name,
 *      ediPartyName              [5]  EDIPartyName,
 *      uniformResourceIdentifier [6]  IA5String,
 *      iPAddress                 [7]  OCTET STRING,
 *      registeredID              [8]  OBJECT IDENTIFIER }
 * </pre>
 */
public sealed interface GeneralName {
  /** szOID_NT_PRINCIPAL_NAME, Microsoft's user principal name. */
  ASN1ObjectIdentifier UPN = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3");

  record Rfc822Name(String address) implements GeneralName {}

  record DnsName(String name) implements GeneralName {}

  record DirectoryName(DistinguishedName name) implements GeneralName {}

  record UniformResourceIdentifier(String uri) implements GeneralName {}

  /**
   * Four or sixteen bytes; other sizes occur in malformed certificates, and {@code path} refuses
   * them.
   */
  record IpAddress(Bytes address) implements GeneralName {
    /** Four numbers: the JDK would also read {@code 10.1} and {@code 8080} as addresses. */
    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** Reads a literal, never a name or an interface: nothing is looked up. */
    public static IpAddress parse(String literal) {
      if (literal.contains("%")
          || literal.contains("[")
          || !(literal.contains(":") || DOTTED.matcher(literal).matches())) {
        throw new IllegalArgumentException("not an IP address: " + literal);
      }
      try {
        return new IpAddress(Bytes.of(InetAddress.ofLiteral(literal).getAddress()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("not an IP address: " + literal, e);
      }
    }

    /** The address alone, without the kind. */
    public String literal() {
      try {
        return InetAddress.getByAddress(address.toArray()).getHostAddress();
      } catch (UnknownHostException e) {
        return "#" + address.hex();
      }
    }
  }

  record UserPrincipalName(String name) implements GeneralName {}

  /** x400Address, ediPartyName, registeredID and other names: kept as they are. */
  record Other(int tag, Bytes der) implements GeneralName {}

  /** {@code kind:value}, the kinds as OpenSSL writes them in configuration files. */
  default String text() {
    return switch (this) {
      case Rfc822Name(String address) -> "email:" + address;
      case DnsName(String name) -> "DNS:" + name;
      case DirectoryName(DistinguishedName name) -> "dirName:" + name;
      case UniformResourceIdentifier(String uri) -> "URI:" + uri;
      case IpAddress ip -> "IP:" + ip.literal();
      case UserPrincipalName(String name) -> "UPN:" + name;
      case Other(int tag, Bytes der) -> "other[" + tag + "]:" + der.hex();
    };
  }

  /** Reads {@code kind:value}; {@link IllegalArgumentException} names the kinds there are. */
  static GeneralName parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon).toLowerCase(java.util.Locale.ROOT);
    String value = text.substring(colon + 1);
    if (value.isBlank()) {
      throw new IllegalArgumentException("an alternative name without a value: " + text);
    }
    return switch (kind) {
      case "dns" -> new DnsName(value);
      case "ip" -> IpAddress.parse(value);
      case "email" -> new Rfc822Name(value);
      case "uri" -> new UniformResourceIdentifier(value);
      case "upn" -> new UserPrincipalName(value);
      default ->
          throw new IllegalArgumentException(
              "an alternative name is dns:, ip:, email:, uri: or upn: and a value, not " + text);
    };
  }

  static GeneralName of(org.bouncycastle.asn1.x509.GeneralName name) throws MalformedException {
    return Parsing.at(
        "generalName[" + name.getTagNo() + "]",
        () ->
            switch (name.getTagNo()) {
              case org.bouncycastle.asn1.x509.GeneralName.rfc822Name ->
                  new Rfc822Name(ASN1IA5String.getInstance(name.getName()).getString());
              case org.bouncycastle.asn1.x509.GeneralName.dNSName ->
                  new DnsName(ASN1IA5String.getInstance(name.getName()).getString());
              case org.bouncycastle.asn1.x509.GeneralName.directoryName ->
                  new DirectoryName(DistinguishedName.of(X500Name.getInstance(name.getName())));
              case org.bouncycastle.asn1.x509.GeneralName.uniformResourceIdentifier ->
                  new UniformResourceIdentifier(
                      ASN1IA5String.getInstance(name.getName()).getString());
              case org.bouncycastle.asn1.x509.GeneralName.iPAddress ->
                  new IpAddress(Bytes.of(ASN1OctetString.getInstance(name.getName()).getOctets()));
              case org.bouncycastle.asn1.x509.GeneralName.otherName -> otherName(name);
              default -> new Other(name.getTagNo(), Parsing.encode(name));
            });
  }

  private static GeneralName otherName(org.bouncycastle.asn1.x509.GeneralName name) {
    OtherName other = OtherName.getInstance(name.getName());
    return other.getTypeID().equals(UPN)
        ? new UserPrincipalName(ASN1UTF8String.getInstance(other.getValue()).getString())
        : new Other(name.getTagNo(), Parsing.encode(name));
  }

  /** As Bouncy Castle's structure, for building. */
  default org.bouncycastle.asn1.x509.GeneralName structure() {
    return switch (this) {
      case Rfc822Name(String address) ->
          new org.bouncycastle.asn1.x509.GeneralName(
              org.bouncycastle.asn1.x509.GeneralName.rfc822Name, new DERIA5String(address, true));
      case DnsName(String name) ->
          new org.bouncycastle.asn1.x509.GeneralName(
              org.bouncycastle.asn1.x509.GeneralName.dNSName, new DERIA5String(name, true));
      case DirectoryName(DistinguishedName name) ->
          new org.bouncycastle.asn1.x509.GeneralName(name.structure());
      case UniformResourceIdentifier(String uri) ->
          new org.bouncycastle.asn1.x509.GeneralName(
              org.bouncycastle.asn1.x509.GeneralName.uniformResourceIdentifier,
              new DERIA5String(uri, true));
      case IpAddress(Bytes address) ->
          new org.bouncycastle.asn1.x509.GeneralName(
              org.bouncycastle.asn1.x509.GeneralName.iPAddress,
              new DEROctetString(address.toArray()));
      case UserPrincipalName(String name) ->
          new org.bouncycastle.asn1.x509.GeneralName(
              org.bouncycastle.asn1.x509.GeneralName.otherName,
              new OtherName(UPN, new DERUTF8String(name)));
      case Other _ -> throw new IllegalStateException("kept, never written: " + text());
    };
  }
}
