package dev.postern.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which headers end here. Names are compared the way careless back ends read them: without case,
 * and with every character but letters and digits taken for a hyphen, so that {@code remote_user}
 * is {@code Remote-User}. One look into a table per header; nothing is allocated unless one goes.
 */
final class HeaderRules {
  /** RFC 9110 §7.6.1, and what older proxies used. TE is handled apart: trailers pass. */
  private static final List<String> HOP_BY_HOP =
      List.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  /** Ours alone: who is there, and which way the request came. */
  private static final List<String> OURS =
      List.of(
          "remote-user",
          "x-remote-user",
          "x-forwarded-user",
          "x-forwarded-email",
          "x-forwarded-groups",
          "x-forwarded-preferred-username",
          "client-cert",
          "client-cert-chain",
          "x-forwarded-client-cert",
          "postern-certificate-ends",
          "postern-certificate-renew",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-forwarded-ssl",
          "x-forwarded-scheme",
          "x-real-ip",
          "forwarded",
          // Some frameworks let these replace the path, which our rules have then not seen.
          "x-original-url",
          "x-original-uri",
          "x-original-method",
          "x-original-host",
          "x-rewrite-url",
          // Netty's way to carry HTTP/2 pseudo headers.
          "x-http2-stream-id",
          "x-http2-scheme",
          "x-http2-path",
          "x-http2-stream-weight",
          "x-http2-stream-dependency-id",
          "x-http2-stream-promise-id");

  /** Some frameworks let these replace the method, which our rules have then not seen. */
  private static final List<String> METHOD_OVERRIDES =
      List.of("x-http-method-override", "x-http-method", "x-method-override");

  private static final List<String> OUR_PREFIXES =
      List.of("x-ssl-client", "x-postern", "x-forwarded");

  /** Never removed because a Connection header names them: the message would change its meaning. */
  private static final Set<String> FIXED =
      Set.of("host", "content-length", "content-type", "cookie");

  private static final HeaderRules REQUEST = new HeaderRules(HOP_BY_HOP, OURS, OUR_PREFIXES);
  private static final HeaderRules RESPONSE =
      new HeaderRules(HOP_BY_HOP, List.of("x-http2-stream-id"), List.of());
  private static final HeaderRules TRAILERS =
      new HeaderRules(
          HOP_BY_HOP,
          concat(
              concat(OURS, METHOD_OVERRIDES),
              List.of("host", "content-length", "authorization", "cookie", "trailer")),
          OUR_PREFIXES);
  private static final HeaderRules OVERRIDES =
      new HeaderRules(List.of(), METHOD_OVERRIDES, List.of());

  private static final int SLOTS = 256;
  private final @Nullable String[] names = new String[SLOTS];
  private final List<String> prefixes;

  private HeaderRules(List<String> hopByHop, List<String> more, List<String> prefixes) {
    this.prefixes = prefixes;
    for (String name : concat(hopByHop, more)) {
      int slot = hash(name);
      while (names[slot] != null) {
        slot = (slot + 1) % SLOTS;
      }
      names[slot] = name;
    }
  }

  static void stripRequest(HttpHeaders headers) {
    stripNamed(headers);
    REQUEST.strip(headers);
  }

  /** For sites whose rules tell methods apart. */
  static void stripMethodOverrides(HttpHeaders headers) {
    OVERRIDES.strip(headers);
  }

  static void stripResponse(HttpHeaders headers) {
    stripNamed(headers);
    RESPONSE.strip(headers);
  }

  /** RFC 9110 §6.5.1: nothing that frames, routes or authenticates may come after the body. */
  static void stripTrailers(HttpHeaders trailers) {
    if (!trailers.isEmpty()) {
      TRAILERS.strip(trailers);
    }
  }

  /** The headers that Connection names are for us alone (RFC 9110 §7.6.1). */
  private static void stripNamed(HttpHeaders headers) {
    if (!headers.contains(HttpHeaderNames.CONNECTION)) {
      return;
    }
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      if (value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close")) {
        continue;
      }
      for (String name : value.split(",", -1)) {
        String bare = name.strip().toLowerCase(java.util.Locale.ROOT);
        if (!bare.isEmpty() && !FIXED.contains(bare)) {
          headers.remove(bare);
        }
      }
    }
  }

  private void strip(HttpHeaders headers) {
    List<CharSequence> gone = null;
    for (Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        all.hasNext(); ) {
      CharSequence name = all.next().getKey();
      if (contains(name)) {
        if (gone == null) {
          gone = new ArrayList<>(4);
        }
        gone.add(name);
      }
    }
    if (gone != null) {
      gone.forEach(headers::remove);
    }
  }

  private boolean contains(CharSequence name) {
    for (int slot = hash(name); ; slot = (slot + 1) % SLOTS) {
      String candidate = names[slot];
      if (candidate == null) {
        return hasPrefix(name);
      }
      if (candidate.length() == name.length() && startsWith(name, candidate)) {
        return true;
      }
    }
  }

  private boolean hasPrefix(CharSequence name) {
    if ((name.charAt(0) | 0x20) != 'x') {
      return false; // all of them begin with it
    }
    for (int i = 0; i < prefixes.size(); i++) {
      if (startsWith(name, prefixes.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(CharSequence name, String canonical) {
    if (name.length() < canonical.length()) {
      return false;
    }
    for (int i = 0; i < canonical.length(); i++) {
      if (canonical(name.charAt(i)) != canonical.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int hash(CharSequence name) {
    int length = name.length();
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + canonical(name.charAt(i));
    }
    return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (SLOTS - 1);
  }

  private static char canonical(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
      return c;
    }
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : '-';
  }

  private static List<String> concat(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
