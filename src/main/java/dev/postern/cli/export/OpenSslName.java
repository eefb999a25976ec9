package dev.postern.cli.export;

import dev.postern.x509.DistinguishedName;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * A distinguished name as OpenSSL's {@code XN_FLAG_RFC2253} prints it, and with it Apache, nginx
 * and HAProxy: the last RDN first, specials behind a backslash, everything beyond ASCII in digits
 * (RFC 2253 §2.4).
 */
public final class OpenSslName {
  private static final Map<ASN1ObjectIdentifier, String> SHORT_NAMES =
      Map.of(
          BCStyle.CN, "CN",
          BCStyle.O, "O",
          BCStyle.OU, "OU",
          BCStyle.C, "C",
          BCStyle.ST, "ST",
          BCStyle.L, "L",
          BCStyle.DC, "DC",
          BCStyle.UID, "UID",
          BCStyle.SERIALNUMBER, "serialNumber",
          BCStyle.EmailAddress, "emailAddress");

  private OpenSslName() {}

  /** Empty when it holds what OpenSSL would print in a way of its own. */
  public static Optional<String> of(DistinguishedName name) {
    StringBuilder out = new StringBuilder();
    RDN[] rdns = name.structure().getRDNs();
    for (int i = rdns.length - 1; i >= 0; i--) {
      if (rdns[i].isMultiValued()) {
        return Optional.empty();
      }
      AttributeTypeAndValue attribute = rdns[i].getFirst();
      String label = SHORT_NAMES.get(attribute.getType());
      if (label == null || !(attribute.getValue() instanceof ASN1String value)) {
        return Optional.empty();
      }
      out.append(out.isEmpty() ? "" : ",").append(label).append('=');
      append(value.getString(), out);
    }
    return out.isEmpty() ? Optional.empty() : Optional.of(out.toString());
  }

  private static void append(String text, StringBuilder out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean edge = (c == ' ' && (i == 0 || i == bytes.length - 1)) || (c == '#' && i == 0);
      if (c < ' ' || c >= 0x7f) {
        out.append(String.format("\\%02X", (int) c));
      } else {
        out.append(edge || ",+\"\\<>;".indexOf(c) >= 0 ? "\\" : "").append(c);
      }
    }
  }
}
