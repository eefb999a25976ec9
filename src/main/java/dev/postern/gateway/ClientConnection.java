package dev.postern.gateway;

import com.github.benmanes.caffeine.cache.Interner;
import dev.postern.access.Identity;
import dev.postern.access.PresentedChain;
import dev.postern.gateway.Places.Place;
import dev.postern.web.Posture;
import dev.postern.x509.Bytes;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a TLS connection says about its client. Proof of a private key's possession, no more. */
final class ClientConnection {
  /** Thousands of connections show few certificates: issuers, and people's on each connection. */
  private static final Interner<Bytes> SEEN = Interner.newWeakInterner();

  private final SslHandler tls;
  private final Posture posture;
  private final InetSocketAddress client;
  private final String localPort;
  private final String forwardedFor;
  private final Place place;
  private @Nullable PresentedChain presented;
  private @Nullable IdentityHeaderValues written;

  ClientConnection(Channel channel, SslHandler tls, Posture posture, Place place) {
    this.tls = tls;
    this.posture = posture;
    this.place = place;
    this.client = (InetSocketAddress) channel.remoteAddress();
    this.localPort = Integer.toString(((InetSocketAddress) channel.localAddress()).getPort());
    String address = client.getAddress().getHostAddress();
    this.forwardedFor = address.contains(":") ? "for=\"[" + address + "]\"" : "for=" + address;
  }

  /** Where the connection keeps its place. */
  Place place() {
    return place;
  }

  Posture posture() {
    return posture;
  }

  String address() {
    return client.getAddress().getHostAddress();
  }

  String localPort() {
    return localPort;
  }

  /** The {@code for} of a Forwarded header (RFC 7239 §6). */
  String forwardedFor() {
    return forwardedFor;
  }

  /** To be asked after the handshake; a resumed session presents what the first one presented. */
  PresentedChain presented() {
    PresentedChain known = presented;
    if (known == null) {
      known = read(tls.engine().getSession());
      presented = known;
    }
    return known;
  }

  private static PresentedChain read(SSLSession session) {
    try {
      List<Bytes> chain = new ArrayList<>();
      for (Certificate certificate : session.getPeerCertificates()) {
        chain.add(SEEN.intern(Bytes.of(certificate.getEncoded())));
      }
      return PresentedChain.of(chain);
    } catch (SSLPeerUnverifiedException e) {
      return PresentedChain.NONE;
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the engine read a certificate that it cannot write", e);
    }
  }

  /** Browsers ask for a certificate again only when the session is gone. */
  void forgetSession() {
    tls.engine().getSession().invalidate();
  }

  /** Nothing more will be sent (close_notify, RFC 8446 §6.1); what still comes is read. */
  void sayGoodbye() {
    tls.closeOutbound().addListener(sent -> {});
  }

  /** Most requests of a connection come from the same user to the same site. */
  IdentityHeaderValues headers(Identity identity, Set<IdentityHeaders> sets) {
    IdentityHeaderValues known = written;
    if (known == null || !known.fit(identity, sets)) {
      known = IdentityHeaderValues.of(identity, sets);
      written = known;
    }
    return known;
  }
}
