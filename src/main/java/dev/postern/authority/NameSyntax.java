package dev.postern.authority;

import dev.postern.x509.GeneralName;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an alternative name must look like before we sign it (RFC 5280 §4.2.1.6). */
final class NameSyntax {
  /**
   * LDH labels, lower or upper case; {@code *} as the whole first label (RFC 9525 §6.3);
   * underscores refused.
   */
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  private static final Pattern MAILBOX = Pattern.compile("[!-?A-\\[\\]-~]{1,64}@([^@]+)");

  private NameSyntax() {}

  /** What is wrong with {@code name}, as the rest of a sentence; empty when nothing is. */
  static Optional<String> problem(GeneralName name) {
    return switch (name) {
      case GeneralName.DnsName(String dns) -> dns(dns);
      case GeneralName.Rfc822Name(String address) -> mailbox(address);
      case GeneralName.UserPrincipalName(String upn) ->
          upn.indexOf('@') > 0 && upn.indexOf('@') < upn.length() - 1
              ? Optional.empty()
              : Optional.of("is not user@domain");
      case GeneralName.UniformResourceIdentifier(String uri) -> uri(uri);
      case GeneralName.IpAddress(var address) ->
          address.size() == 4 || address.size() == 16
              ? Optional.empty()
              : Optional.of("is no IP address");
      case GeneralName.DirectoryName _, GeneralName.Other _ -> Optional.empty();
    };
  }

  private static Optional<String> dns(String name) {
    if (name.length() > 253) {
      return Optional.of("is longer than 253 characters");
    }
    String host = name.startsWith("*.") ? name.substring(2) : name;
    for (String label : host.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return Optional.of(
            label.chars().anyMatch(c -> c > 127)
                ? "is not ASCII; write it as punycode (xn--…)"
                : "is not a host name: the part \""
                    + label
                    + "\" is not made of letters, digits and inner hyphens");
      }
    }
    if (name.startsWith("*.") && host.indexOf('.') < 0) {
      return Optional.of("is a wildcard for a whole top-level domain");
    }
    return host.chars().allMatch(c -> c == '.' || Character.isDigit(c))
        ? Optional.of("is an address; write it as ip:" + name)
        : Optional.empty();
  }

  private static Optional<String> mailbox(String address) {
    var matcher = MAILBOX.matcher(address);
    return matcher.matches() && dns(matcher.group(1)).isEmpty()
        ? Optional.empty()
        : Optional.of("is not an e-mail address");
  }

  private static Optional<String> uri(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() && text.chars().allMatch(c -> c < 128)
          ? Optional.empty()
          : Optional.of("is not an absolute URI");
    } catch (URISyntaxException e) {
      return Optional.of("is not a URI");
    }
  }
}
