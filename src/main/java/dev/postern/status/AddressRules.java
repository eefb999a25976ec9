package dev.postern.status;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Which addresses a stranger's word may lead to. Not those of this machine and its network: a
 * certificate that names them would make the gateway knock on doors that its owner cannot reach
 * himself (server-side request forgery).
 */
final class AddressRules {
  private AddressRules() {}

  /** Whether {@code address} belongs to the public Internet (RFC 6890). */
  static boolean isPublic(InetAddress address) {
    if (address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    return switch (address) {
      case Inet4Address v4 -> isPublic(v4.getAddress());
      case Inet6Address v6 -> isPublicV6(v6.getAddress());
      default -> false;
    };
  }

  private static boolean isPublic(byte[] v4) {
    int first = v4[0] & 0xff;
    int second = v4[1] & 0xff;
    return first != 0
        && first != 10
        && first < 240 // reserved, and 255.255.255.255
        && !(first == 100 && second >= 64 && second < 128) // RFC 6598: behind a carrier's NAT
        && !(first == 192 && second == 0 && v4[2] == 0) // RFC 6890
        && !(first == 198 && (second == 18 || second == 19)); // RFC 2544
  }

  /** Global unicast is 2000::/3; of it, 6to4 and Teredo carry an IPv4 address inside. */
  private static boolean isPublicV6(byte[] v6) {
    boolean globalUnicast = (v6[0] & 0xe0) == 0x20;
    boolean sixToFour = v6[0] == 0x20 && v6[1] == 0x02;
    boolean teredo = v6[0] == 0x20 && v6[1] == 0x01 && v6[2] == 0 && v6[3] == 0;
    return globalUnicast && !sixToFour && !teredo;
  }
}
