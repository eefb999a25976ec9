package dev.postern.path;

import dev.postern.x509.GeneralName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the names of RFC 5280 §4.2.1.6 must look, and their parts. */
final class NameSyntax {
  /** RFC 1034 §3.5 as RFC 1123 §2.1 changed it: letters, digits, hyphens inside. */
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  private static final int MAX_NAME = 253;

  /** Of RFC 3986 §3: scheme and, where there is one, authority. Possessive: read once. */
  private static final Pattern URI =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:(//(?<authority>[^/?#]*+))?+[\\x21-\\x7e]*");

  /** RFC 5321 §4.1.2, Dot-string or Quoted-string. */
  private static final Pattern LOCAL_PART =
      Pattern.compile("[\\x21-\\x7e&&[^\"(),:;<>@\\[\\]\\\\]]+|\"[\\x20-\\x7e&&[^\"\\\\]]+\"");

  private NameSyntax() {}

  static boolean isWellFormed(GeneralName name) {
    return switch (name) {
      case GeneralName.DnsName(String dns) ->
          isHost(dns) || (dns.startsWith("*.") && isHost(dns.substring(2)));
      case GeneralName.Rfc822Name(String address) -> isMailbox(address);
      case GeneralName.UniformResourceIdentifier(String uri) -> URI.matcher(uri).matches();
      case GeneralName.IpAddress(var address) -> address.size() == 4 || address.size() == 16;
      case GeneralName.DirectoryName _, GeneralName.UserPrincipalName _, GeneralName.Other _ ->
          true;
    };
  }

  /** A name of labels, not an address: the last label of one is never a number (RFC 3696 §2). */
  static boolean isHost(String text) {
    if (text.length() > MAX_NAME) {
      return false;
    }
    String[] labels = text.split("\\.", -1);
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return !DIGITS.matcher(labels[labels.length - 1]).matches();
  }

  static boolean isMailbox(String text) {
    int at = text.lastIndexOf('@');
    return at > 0
        && LOCAL_PART.matcher(text.substring(0, at)).matches()
        && isHost(text.substring(at + 1));
  }

  /** The host of a URI when it is a name, not an address and not absent. */
  static Optional<String> host(String uri) {
    Matcher matcher = URI.matcher(uri);
    if (!matcher.matches() || matcher.group("authority") == null) {
      return Optional.empty();
    }
    String authority = matcher.group("authority");
    String host = authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":[0-9]*$", "");
    return isHost(host) ? Optional.of(host) : Optional.empty();
  }

  /** RFC 5280 §7.2: names compare without case in ASCII; a Kelvin sign is no k. */
  static String fold(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    name.chars().forEach(c -> folded.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c)));
    return folded.toString();
  }
}
