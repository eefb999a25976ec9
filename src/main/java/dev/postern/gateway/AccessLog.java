package dev.postern.gateway;

import dev.postern.access.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Gets one entry per request, on an event loop: must not block. */
public interface AccessLog extends AutoCloseable {
  /** Forgets everything. */
  AccessLog NONE = entry -> {};

  void record(Entry entry);

  /** Returns when what was recorded is where it belongs. */
  @Override
  default void close() {}

  /**
   * One request and how it ended.
   *
   * @param reference the id that a refusal's page shows
   * @param certificate the serial number of the certificate shown, believed or not
   * @param ours whether our own CA vouches for it
   * @param rule the rule that let the request in
   * @param verdict {@code admitted}, a denial's code, or a problem's type
   * @param denied whether the Doorkeeper let nobody in
   * @param evidence what a denial is based on, where its code does not say it all
   * @param upstreamWait from sending the request to the first byte of the answer
   */
  record Entry(
      Instant time,
      String reference,
      String client,
      String host,
      String method,
      String path,
      String protocol,
      int status,
      Optional<String> user,
      Optional<String> certificate,
      boolean ours,
      Optional<Rule> rule,
      String verdict,
      boolean denied,
      Optional<String> evidence,
      Optional<String> upstream,
      long bytesIn,
      long bytesOut,
      Duration duration,
      Optional<Duration> upstreamWait) {}
}
