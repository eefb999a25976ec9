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
 * A distinguished name as OpenSSL's {@code XN_FLAG_RFC2253} prints it: the last RDN first, specials
 * behind a backslash (RFC 2253 §2.4).
 *
 * @param ascii with everything beyond ASCII in digits, as nginx and HAProxy have it
 * @param unicode with letters beyond ASCII as they are, as Apache has it
 */
public record OpenSslName(String ascii, String unicode) {
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

  /** Empty when it holds what OpenSSL would print in a way of its own. */
  public static Optional<OpenSslName> of(DistinguishedName name) {
    StringBuilder ascii = new StringBuilder();
    StringBuilder unicode = new StringBuilder();
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
      String start = (ascii.isEmpty() ? "" : ",") + label + "=";
      String text = escaped(value.getString());
      ascii.append(start).append(digits(text));
      unicode.append(start).append(text);
    }
    return ascii.isEmpty()
        ? Optional.empty()
        : Optional.of(new OpenSslName(ascii.toString(), unicode.toString()));
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean edge = (c == ' ' && (i == 0 || i == text.length() - 1)) || (c == '#' && i == 0);
      if (c < ' ' || c == 0x7f) {
        out.append(String.format("\\%02X", (int) c));
      } else {
        out.append(edge || ",+\"\\<>;".indexOf(c) >= 0 ? "\\" : "").append(c);
      }
    }
    return out.toString();
  }

  private static String digits(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(b < 0 ? String.format("\\%02X", b & 0xff) : Character.toString(b));
    }
    return out.toString();
  }
}
