package dev.postern.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a mail is from or to (RFC 5322 §3.4).
 *
 * @param name what is shown of them; one line
 * @param address in the form that every mail server takes (RFC 5321 §4.1.2): a dot-string of ASCII,
 *     and a domain whose other letters are written as A-labels (RFC 5890)
 */
public record Mailbox(Optional<String> name, String address) {
  private static final Pattern NAMED = Pattern.compile("(\"?)([^\"<>]*)\\1\\s*<([^<>]*)>");
  private static final Pattern LOCAL =
      Pattern.compile("(?=.{1,64}$)[\\w!#$%&'*+/=?^`{|}~-]+(\\.[\\w!#$%&'*+/=?^`{|}~-]+)*");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /** RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them brackets. */
  private static final int LONGEST = 254;

  /** {@link IllegalArgumentException} when no mail can be sent there. */
  public Mailbox {
    address = mailable(address);
    name = name.map(Plain::line).filter(shown -> !shown.isEmpty());
  }

  /** {@code Postern <postern@example.com>}, or the address alone. */
  public static Mailbox parse(String text) {
    if (!text.codePoints().allMatch(Plain::isSeen)) {
      throw new IllegalArgumentException(
          "not an address that mail can be sent to: " + Plain.line(text));
    }
    Matcher named = NAMED.matcher(text.strip());
    return named.matches()
        ? new Mailbox(Optional.of(named.group(2)), named.group(3))
        : new Mailbox(Optional.empty(), text.strip());
  }

  private static String mailable(String text) {
    int at = text.lastIndexOf('@');
    if (at > 0 && LOCAL.matcher(text.substring(0, at)).matches()) {
      String address = text.substring(0, at) + "@" + ascii(text.substring(at + 1));
      if (address.length() <= LONGEST && DOMAIN.matcher(address.substring(at + 1)).matches()) {
        return address;
      }
    }
    throw new IllegalArgumentException(
        "not an address that mail can be sent to: " + Plain.line(text));
  }

  private static String ascii(String domain) {
    try {
      return IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return ""; // which is no domain
    }
  }

  /** What is behind the @. */
  public String domain() {
    return address.substring(address.lastIndexOf('@') + 1);
  }

  @Override
  public String toString() {
    return name.map(shown -> shown + " <" + address + ">").orElse(address);
  }
}
