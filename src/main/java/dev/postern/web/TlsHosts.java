package dev.postern.web;

import dev.postern.x509.Bytes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The TLS side of all hosts: a snapshot, replaced as a whole. */
public final class TlsHosts {
  private final Map<String, TlsContext> byName;
  private final TlsContext byDefault;

  private TlsHosts(Map<String, TlsContext> byName, TlsContext byDefault) {
    this.byName = byName;
    this.byDefault = byDefault;
  }

  /** What all hosts have in common. */
  public record Common(
      TlsEngine engine,
      List<String> protocols,
      List<Bytes> clientAuthorities,
      HandshakeJudge judge,
      TicketKeys tickets,
      Stapler stapler) {
    public Common {
      protocols = List.copyOf(protocols);
      clientAuthorities = List.copyOf(clientAuthorities);
    }
  }

  /**
   * Builds the contexts, taking over from {@code previous} those that did not change, so that a
   * reload does not void everybody's tickets. {@code common.judge()} must therefore stay the same.
   */
  public static TlsHosts of(
      List<TlsHost> hosts,
      String defaultHost,
      Common common,
      Instant now,
      @Nullable TlsHosts previous) {
    Map<String, TlsContext> byName = new HashMap<>();
    try {
      for (TlsHost host : hosts) {
        var settings =
            new TlsContext.Settings(
                host, common.engine(), common.protocols(), common.clientAuthorities());
        TlsContext old = previous == null ? null : previous.byName.get(host.name());
        if (old != null && old.settings().equals(settings)) {
          old.retain();
          byName.put(host.name(), old);
        } else {
          byName.put(host.name(), TlsContext.of(settings, common));
        }
      }
      TlsContext byDefault = byName.get(defaultHost);
      if (byDefault == null) {
        throw new IllegalArgumentException("the default host " + defaultHost + " has no TLS");
      }
      TlsHosts all = new TlsHosts(Map.copyOf(byName), byDefault);
      all.rotate(common.tickets(), now);
      return all;
    } catch (IllegalArgumentException e) {
      byName.values().forEach(TlsContext::release);
      throw e;
    }
  }

  /** To be called now and then, at least once a {@link TicketKeys#PERIOD}. */
  public void rotate(TicketKeys tickets, Instant now) {
    byName.values().forEach(context -> context.useTickets(tickets, now));
  }

  /** Without SNI, or with an unknown one, the default host. */
  TlsContext select(@Nullable String sni) {
    TlsContext named = sni == null ? null : byName.get(sni);
    return named == null ? byDefault : named;
  }

  /** Connections keep what they use; the native memory goes with the last of them. */
  public void release() {
    byName.values().forEach(TlsContext::release);
  }
}
