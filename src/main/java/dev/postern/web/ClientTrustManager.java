package dev.postern.web;

import dev.postern.access.Denial;
import dev.postern.access.PresentedChain;
import dev.postern.x509.Bytes;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes any chain and remembers nothing, unless a strict host's {@link HandshakeJudge} objects.
 * That is safe only because the verdict belongs to each request: a resumed session never comes by
 * here.
 */
final class ClientTrustManager extends X509ExtendedTrustManager {
  private final Posture posture;
  private final HandshakeJudge judge;
  private final TlsEngine engine;
  private final X509Certificate[] acceptedIssuers;

  ClientTrustManager(
      Posture posture, HandshakeJudge judge, TlsEngine engine, List<X509Certificate> issuers) {
    this.posture = posture;
    this.judge = judge;
    this.engine = engine;
    this.acceptedIssuers = issuers.toArray(X509Certificate[]::new);
  }

  /** The chain as the engine hands it over, without parsing it again. */
  static PresentedChain presented(java.security.cert.Certificate[] chain)
      throws CertificateEncodingException {
    List<Bytes> certificates = new ArrayList<>(chain.length);
    for (java.security.cert.Certificate certificate : chain) {
      certificates.add(Bytes.of(certificate.getEncoded()));
    }
    return PresentedChain.of(certificates);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine sslEngine)
      throws CertificateException {
    if (posture != Posture.STRICT) {
      return;
    }
    Optional<Denial> denial = judge.judge(presented(chain));
    if (denial.isPresent()) {
      throw refusal(denial.get());
    }
  }

  /** RFC 8446 §6.2: BoringSSL sends the fitting alert; the JDK knows one for all of a client's. */
  private CertificateException refusal(Denial denial) {
    return switch (engine) {
      case BORINGSSL -> new OpenSslCertificateException(denial.code(), verifyError(denial));
      case JDK -> new CertificateException(denial.code());
    };
  }

  private static int verifyError(Denial denial) {
    return switch (denial) {
      case Denial.Expired _ -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
      case Denial.NotYetValid _ -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
      case Denial.UntrustedIssuer _ -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
      case Denial.Revoked _ -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
      case Denial.WrongPurpose _ -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
      default -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
    };
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return acceptedIssuers.clone();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("clients come through an engine");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("clients come through an engine");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine sslEngine)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }
}
