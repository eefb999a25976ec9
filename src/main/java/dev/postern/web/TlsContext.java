package dev.postern.web;

import dev.postern.x509.Bytes;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/** One host's TLS, ready to serve. */
public final class TlsContext {
  /** RFC 8446 §4.2.4 sets no limit; old clients choke on a message of many names. */
  private static final int MAX_ACCEPTED_ISSUERS = 100;

  /** BoringSSL's own names; a wrong one makes handshakes hang. */
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256", "P-384"};

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final Settings settings;
  private final SslContext context;
  private final Stapler stapler;

  /** What a context is made from; two with equal settings are the same, and tickets survive. */
  record Settings(
      TlsHost host, TlsEngine engine, List<String> protocols, List<Bytes> clientAuthorities) {}

  private TlsContext(Settings settings, SslContext context, Stapler stapler) {
    this.settings = settings;
    this.context = context;
    this.stapler = stapler;
  }

  static TlsContext of(Settings settings, TlsHosts.Common common) {
    HandshakeJudge judge = common.judge();
    TicketKeys tickets = common.tickets();
    TlsHost host = settings.host();
    boolean boring = settings.engine() == TlsEngine.BORINGSSL;
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(
                  boring
                      ? new OpenSslCachingX509KeyManagerFactory(host.identity())
                      : host.identity())
              .sslProvider(boring ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
              .protocols(settings.protocols())
              .clientAuth(
                  switch (host.posture()) {
                    case NEVER -> ClientAuth.NONE;
                    case WANT -> ClientAuth.OPTIONAL;
                    case STRICT -> ClientAuth.REQUIRE;
                  })
              .trustManager(
                  new ClientTrustManager(
                      host.posture(), judge, settings.engine(), acceptedIssuers(settings)))
              .applicationProtocolConfig(ALPN);
      if (boring) {
        builder.option(OpenSslContextOption.GROUPS, GROUPS).enableOcsp(OpenSsl.isOcspSupported());
      }
      SslContext context = builder.build();
      if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
        // Tickets only: a cache of sessions per host would cost memory and resume nothing more.
        sessions.setSessionCacheEnabled(false);
        sessions.setSessionIdContext(tickets.sessionContext(host.name(), host.posture()));
      }
      return new TlsContext(settings, context, common.stapler());
    } catch (SSLException e) {
      throw new IllegalArgumentException("no TLS for " + host.name() + ": " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> acceptedIssuers(Settings settings) {
    List<X509Certificate> issuers = new ArrayList<>();
    if (settings.host().posture() == Posture.NEVER
        || settings.clientAuthorities().size() > MAX_ACCEPTED_ISSUERS) {
      return issuers;
    }
    for (Bytes authority : settings.clientAuthorities()) {
      try {
        var in = new ByteArrayInputStream(authority.toArray());
        issuers.add(
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
      } catch (CertificateException e) {
        // A name list is a hint to the client's picker: one the JDK cannot read says none at all.
        return List.of();
      }
    }
    return issuers;
  }

  Settings settings() {
    return settings;
  }

  public Posture posture() {
    return settings.host().posture();
  }

  /** For BoringSSL; the JDK's engine has keys of its own in each context. */
  void useTickets(TicketKeys tickets, Instant now) {
    if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      sessions.setTicketKeys(tickets.at(now, settings.host().name(), posture()));
    }
  }

  /** The caller holds the context with {@link #retain} meanwhile. */
  SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = context.newHandler(allocator);
    // The JDK's engine would fetch an answer itself, as a client of ours: it staples nothing.
    if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      stapler
          .staple(settings.host().name())
          .ifPresent(answer -> engine.setOcspResponse(answer.toArray()));
    }
    return handler;
  }

  void retain() {
    ReferenceCountUtil.retain(context);
  }

  void release() {
    ReferenceCountUtil.release(context);
  }
}
