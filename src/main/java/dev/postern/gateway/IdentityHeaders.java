package dev.postern.gateway;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Sets of headers that tell an upstream who is there. */
public enum IdentityHeaders {
  /** {@code Remote-User}. */
  REMOTE_USER("remote-user"),
  /** {@code X-Forwarded-User}, {@code -Email}, {@code -Groups}. */
  FORWARDED("forwarded"),
  /** {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440). */
  CLIENT_CERT("client-cert"),
  /** Envoy's {@code X-Forwarded-Client-Cert}. */
  XFCC("xfcc"),
  /** {@code X-SSL-Client-*}, as nginx configurations name them. */
  SSL_CLIENT("ssl-client");

  private final String word;

  IdentityHeaders(String word) {
    this.word = word;
  }

  /** The configuration's word. */
  public String word() {
    return word;
  }

  public static IdentityHeaders parse(String text) {
    return Arrays.stream(values())
        .filter(set -> set.word.equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "headers are "
                    + Arrays.stream(values())
                        .map(IdentityHeaders::word)
                        .collect(Collectors.joining(", "))
                    + ", not "
                    + text));
  }
}
