package dev.postern.gateway;

import dev.postern.access.Latecomers;
import dev.postern.access.Rule;
import dev.postern.web.HostName;
import dev.postern.web.InternalHandler;
import dev.postern.web.Posture;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;

/**
 * One host name: how it shows itself in TLS, who may enter (first fitting rule decides), and what
 * is behind it.
 */
public record Site(
    String host,
    KeyManagerFactory identity,
    Posture posture,
    List<Rule> rules,
    Destination destination,
    Set<IdentityHeaders> headers,
    Limits limits,
    Expiry expiry) {
  /** What answers. */
  public sealed interface Destination {
    /** A server that speaks HTTP. */
    record Relayed(Upstream upstream) implements Destination {}

    /** A function of this program, which gets the whole body at once, so at most this much. */
    record Internal(InternalHandler handler, int maxBody) implements Destination {}
  }

  /**
   * What a site puts up with.
   *
   * @param maxBody bytes of a request body; 413 beyond
   * @param connect to the upstream; 504 beyond
   * @param response until the upstream's answer begins; 504 beyond
   * @param idle without a byte either way on an answer, event stream, WebSocket or gRPC call, which
   *     has this instead of {@code response}
   */
  public record Limits(long maxBody, Duration connect, Duration response, Duration idle) {
    public static final Limits DEFAULT =
        new Limits(
            16L << 30, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(10));
  }

  /**
   * What becomes of certificates that end.
   *
   * @param notices who is told beforehand, from {@link dev.postern.access.RenewalTime} on
   * @param latecomers whether they can still be renewed here afterwards
   */
  public record Expiry(Set<Notice> notices, Latecomers latecomers) {
    /** Nobody is told, and the end is the end. */
    public static final Expiry PLAIN = new Expiry(Set.of(), Latecomers.REFUSED);

    public Expiry {
      notices = Set.copyOf(notices);
    }
  }

  public Site {
    String given = host;
    host =
        HostName.parse(given)
            .filter(name -> name.length() == given.length())
            .orElseThrow(() -> new IllegalArgumentException("not a host name: " + given));
    rules = List.copyOf(rules);
    headers = Set.copyOf(headers);
  }

  /** A site that wants a certificate and relays, with the usual limits. */
  public static Site relayed(
      String host,
      KeyManagerFactory identity,
      List<Rule> rules,
      Upstream upstream,
      Set<IdentityHeaders> headers) {
    return new Site(
        host,
        identity,
        Posture.WANT,
        rules,
        new Destination.Relayed(upstream),
        headers,
        Limits.DEFAULT,
        Expiry.PLAIN);
  }

  /** A site answered by a function of this program. */
  public static Site internal(
      String host,
      KeyManagerFactory identity,
      Posture posture,
      List<Rule> rules,
      InternalHandler handler) {
    return new Site(
        host,
        identity,
        posture,
        rules,
        new Destination.Internal(handler, 1 << 20),
        Set.of(),
        Limits.DEFAULT,
        Expiry.PLAIN);
  }

  /** Whether its rules tell methods apart. */
  boolean judgesMethods() {
    for (Rule rule : rules) { // asked for each request
      if (rule.namesMethods()) {
        return true;
      }
    }
    return false;
  }

  public Site with(Posture newPosture) {
    return new Site(host, identity, newPosture, rules, destination, headers, limits, expiry);
  }

  public Site with(Limits newLimits) {
    return new Site(host, identity, posture, rules, destination, headers, newLimits, expiry);
  }

  public Site with(List<Rule> newRules) {
    return new Site(host, identity, posture, newRules, destination, headers, limits, expiry);
  }

  public Site with(Expiry newExpiry) {
    return new Site(host, identity, posture, rules, destination, headers, limits, newExpiry);
  }
}
