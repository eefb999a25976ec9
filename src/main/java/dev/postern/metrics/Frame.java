package dev.postern.metrics;

import dev.postern.gateway.AccessLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What {@code postern top} is told each second, as one line of JSON. Counts are those since the
 * start of the process: whoever wants rates has two frames.
 *
 * @param at milliseconds since 1970
 * @param upMillis since the process started
 * @param connections that are open
 * @param handshakes that succeeded
 * @param failures of handshakes
 * @param refusals by reason
 * @param requests that ended since the frame before, the last {@value Live#MOST_REQUESTS} of them
 */
public record Frame(
    long at,
    long upMillis,
    int connections,
    long handshakes,
    long failures,
    List<Site> sites,
    Map<String, Long> refusals,
    List<Request> requests) {
  /** What the last element of {@link Site#within} has in addition has no bound. */
  public static final List<Duration> BOUNDS = Arrays.stream(CountingLog.BOUNDS).toList();

  /**
   * One site.
   *
   * @param requests all of them
   * @param refused those that somebody may not do, or nobody can
   * @param failed those with a status of 500 and more
   * @param within how many requests took no longer than each of {@link #BOUNDS}
   */
  public record Site(
      String host,
      long requests,
      long refused,
      long failed,
      long bytesIn,
      long bytesOut,
      List<Long> within) {}

  /** One request that ended; {@code user} is empty for nobody. */
  public record Request(
      long at,
      String user,
      String client,
      String host,
      String method,
      String path,
      int status,
      String verdict,
      String reference,
      long micros) {
    static Request of(AccessLog.Entry entry) {
      return new Request(
          entry.time().toEpochMilli(),
          entry.user().orElse(""),
          entry.client(),
          entry.host(),
          entry.method(),
          entry.path(),
          entry.status(),
          entry.verdict(),
          entry.reference(),
          entry.duration().toNanos() / 1000);
    }
  }
}
