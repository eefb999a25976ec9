package dev.postern.gateway;

import dev.postern.access.Doorkeeper;
import dev.postern.x509.Bytes;
import java.time.InstantSource;
import java.util.OptionalInt;

/** A running gateway. */
public final class Gateway implements AutoCloseable {
  private Gateway() {}

  /** Listens; {@link dev.postern.web.BindFailure} when an address cannot be had. */
  @SuppressWarnings("DoNotCallSuggester")
  public static Gateway start(
      GatewayConfig config, GatewayState state, AccessLog log, InstantSource clock) {
    throw new IllegalStateException("not yet");
  }

  /**
   * Swaps sites, rules, trust and certificates; connections stay, their next request meets the new
   * state.
   */
  public void replace(GatewayState state) {}

  /** Swaps users and trust alone. */
  public void replace(Doorkeeper doorkeeper) {}

  /** Closes every open exchange that was let in by this certificate. */
  public void closeExchangesOf(Bytes fingerprint) {}

  public int httpsPort() {
    return 0;
  }

  public OptionalInt httpPort() {
    return OptionalInt.empty();
  }

  /** Stops accepting, lets requests in flight finish within the drain time, closes. */
  @Override
  public void close() {}
}
