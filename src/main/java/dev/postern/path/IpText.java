package dev.postern.path;

import dev.postern.x509.Bytes;
import java.util.ArrayList;
import java.util.List;

/** IP addresses as text: dotted decimal (RFC 3986 §3.2.2) and the one form of RFC 5952 §4. */
final class IpText {
  private IpText() {}

  /** Addresses of odd length come out in hexadecimal, which is no address. */
  static String of(Bytes address) {
    byte[] octets = address.toArray();
    return switch (octets.length) {
      case 4 ->
          (octets[0] & 0xff)
              + "."
              + (octets[1] & 0xff)
              + "."
              + (octets[2] & 0xff)
              + "."
              + (octets[3] & 0xff);
      case 16 -> version6(octets);
      default -> "#" + address.hex();
    };
  }

  private static String version6(byte[] octets) {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < octets.length; i += 2) {
      groups.add(Integer.toHexString((octets[i] & 0xff) << 8 | (octets[i + 1] & 0xff)));
    }
    int start = 0;
    int length = 0;
    for (int i = 0; i < groups.size(); i++) {
      int end = i;
      while (end < groups.size() && groups.get(end).equals("0")) {
        end++;
      }
      if (end - i > length) { // §4.2.3: the longest run, the first of equals
        start = i;
        length = end - i;
      }
    }
    return length < 2 // §4.2.2: one group is not shortened
        ? String.join(":", groups)
        : String.join(":", groups.subList(0, start))
            + "::"
            + String.join(":", groups.subList(start + length, groups.size()));
  }
}
