package dev.postern.gateway;

import dev.postern.access.Identity;
import dev.postern.access.User;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The headers that tell an upstream who is there, written out once for a user, a path and a choice
 * of sets. Whatever a certificate says, the values are visible ASCII: other bytes are escaped, by
 * percent signs in names and by backslashes in distinguished names (RFC 4514 §2.4).
 */
final class IdentityHeaderValues {
  private final User user;
  private final VerifiedPath path;
  private final Set<IdentityHeaders> sets;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  private IdentityHeaderValues(User user, VerifiedPath path, Set<IdentityHeaders> sets) {
    this.user = user;
    this.path = path;
    this.sets = sets;
  }

  static IdentityHeaderValues of(Identity identity, Set<IdentityHeaders> sets) {
    var values = new IdentityHeaderValues(identity.user(), identity.path(), sets);
    sets.stream().sorted().forEach(values::write);
    return values;
  }

  /** Whether these still say the truth: the user may have changed since. */
  boolean fit(Identity identity, Set<IdentityHeaders> wanted) {
    return path == identity.path() && user.equals(identity.user()) && sets.equals(wanted);
  }

  void addTo(HttpHeaders headers) {
    for (int i = 0; i < names.size(); i++) {
      headers.add(names.get(i), values.get(i));
    }
  }

  private void write(IdentityHeaders set) {
    Certificate leaf = path.leaf();
    switch (set) {
      case REMOTE_USER -> add("Remote-User", percent(user.name()));
      case FORWARDED -> {
        add("X-Forwarded-User", percent(user.name()));
        user.email().ifPresent(email -> add("X-Forwarded-Email", percent(email)));
        add(
            "X-Forwarded-Groups",
            user.groups().stream()
                .sorted()
                .map(IdentityHeaderValues::percent)
                .collect(Collectors.joining(",")));
      }
      case CLIENT_CERT -> {
        add("Client-Cert", binary(leaf.der()));
        List<Certificate> issuers = path.certificates().subList(1, path.certificates().size());
        if (!issuers.isEmpty()) {
          add(
              "Client-Cert-Chain",
              issuers.stream()
                  .map(issuer -> binary(issuer.der()))
                  .collect(Collectors.joining(", ")));
        }
      }
      case XFCC -> add("X-Forwarded-Client-Cert", xfcc(leaf));
      case SSL_CLIENT -> {
        add("X-SSL-Client-Verify", "SUCCESS");
        add("X-SSL-Client-S-DN", backslash(leaf.subject().toString()));
        add("X-SSL-Client-I-DN", backslash(leaf.issuer().toString()));
        add("X-SSL-Client-Serial", leaf.serialNumber().hex());
        add("X-SSL-Client-Fingerprint", leaf.der().sha1().hex());
        add("X-SSL-Client-Cert", percent(pem(leaf.der())));
      }
    }
  }

  private void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  /** A Byte Sequence (RFC 9440 §2.1, RFC 8941 §3.3.5). */
  private static String binary(Bytes der) {
    return ":" + der.base64() + ":";
  }

  private static String pem(Bytes der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + der.base64().replaceAll("(.{64})(?=.)", "$1\n")
        + "\n-----END CERTIFICATE-----\n";
  }

  /** Envoy's syntax: {@code Hash=…;Subject="…";URI=…;DNS=…}. */
  private static String xfcc(Certificate leaf) {
    StringBuilder out = new StringBuilder("Hash=").append(leaf.fingerprint().hex());
    String subject = backslash(leaf.subject().toString());
    out.append(";Subject=\"").append(quotable(subject)).append('"');
    for (GeneralName name : leaf.subjectAlternativeNames()) {
      if (name instanceof GeneralName.UniformResourceIdentifier(String uri)) {
        out.append(";URI=").append(percent(uri));
      } else if (name instanceof GeneralName.DnsName(String dns)) {
        out.append(";DNS=").append(percent(dns));
      }
    }
    return out.toString();
  }

  /**
   * Writes escaped quotes and backslashes of a distinguished name in digits (RFC 4514 §2.4): some
   * readers would end the quoted string at {@code \\"}, others go on.
   */
  private static String quotable(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      char next = i + 1 < name.length() ? name.charAt(i + 1) : ' ';
      if (c == '"') {
        out.append("\\22");
      } else if (c == '\\' && (next == '"' || next == '\\')) {
        out.append(next == '"' ? "\\22" : "\\5C");
        i++;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String percent(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && "%,;\"\\".indexOf(b) < 0) {
        out.append((char) b);
      } else {
        out.append(String.format("%%%02X", b & 0xff));
      }
    }
    return out.toString();
  }

  private static String backslash(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f) {
        out.append((char) b);
      } else {
        out.append(String.format("\\%02X", b & 0xff));
      }
    }
    return out.toString();
  }
}
