package dev.postern.bench.load;

/**
 * Where a load goes.
 *
 * @param port of 127.0.0.1
 * @param host of SNI and {@code Host}
 */
public record Target(int port, String host, Tls tls, Protocol protocol) {
  public static Target of(int port, Tls tls, Protocol protocol) {
    return new Target(port, "localhost", tls, protocol);
  }
}
