package dev.postern.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a request that changes something was made by a page of the same host. The certificate
 * comes along with every request a browser makes, also one that another site's page asked it to
 * make; but browsers say who asked ({@code Sec-Fetch-Site}, or {@code Origin}: RFC 6454 §7), and no
 * page can make them lie. Programs say neither, and no page can use them.
 */
final class SameOrigin {
  private SameOrigin() {}

  static boolean holds(Exchange exchange) {
    Optional<String> site = exchange.header("sec-fetch-site");
    if (site.isPresent()) {
      // none: the person typed the address, which makes no POST, or an extension did.
      return site.get().equals("same-origin");
    }
    return exchange.header("origin").map(origin -> isHost(origin, exchange)).orElse(true);
  }

  /** The origin with its port is what the client calls us. */
  private static boolean isHost(String origin, Exchange exchange) {
    String host = exchange.header("host").orElse(exchange.target().host());
    try {
      URI uri = new URI(origin);
      return "https".equals(uri.getScheme())
          && uri.getRawAuthority() != null
          && withoutDefaultPort(uri.getRawAuthority()).equals(withoutDefaultPort(host));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String withoutDefaultPort(String authority) {
    String lower = authority.toLowerCase(Locale.ROOT);
    return lower.endsWith(":443") ? lower.substring(0, lower.length() - 4) : lower;
  }
}
