package dev.postern.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen: {@code :8443} on every address, {@code 127.0.0.1:8443}, {@code [::1]:8443} or
 * {@code localhost:8443}. Other names are not looked up. Port 0 takes any free one.
 */
public record ListenAddress(Optional<InetAddress> address, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)]|([0-9]{1,3}(?:\\.[0-9]{1,3}){3})|(localhost))?"
              + ":([0-9]{1,5})");

  public static ListenAddress everywhere(int port) {
    return new ListenAddress(Optional.empty(), port);
  }

  /** {@link IllegalArgumentException} says how it is written. */
  public static ListenAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(4)) > 65535) {
      throw new IllegalArgumentException(
          "an address to listen on is :8443, 127.0.0.1:8443 or [::1]:8443, not " + text);
    }
    // Four numbers or colons, so that the JDK reads a literal and nothing else.
    String literal = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    Optional<InetAddress> address =
        matcher.group(3) != null
            ? Optional.of(InetAddress.getLoopbackAddress())
            : Optional.ofNullable(literal).map(InetAddress::ofLiteral);
    return new ListenAddress(address, Integer.parseInt(matcher.group(4)));
  }

  public InetSocketAddress socket() {
    return address
        .map(host -> new InetSocketAddress(host, port))
        .orElseGet(() -> new InetSocketAddress(port));
  }
}
