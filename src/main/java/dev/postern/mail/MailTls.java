package dev.postern.mail;

import dev.postern.x509.Certificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards one mail server: whatever name it is asked for, it wants the certificate of {@code
 * host} (RFC 8314 §3.1, RFC 9525), below one of {@code roots} or, where there are none, of those
 * the JDK trusts.
 */
final class MailTls extends SSLSocketFactory {
  /** RFC 8996 leaves these. */
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final String host;
  private final SSLSocketFactory factory;

  MailTls(String host, List<Certificate> roots) {
    this.host = host;
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store(roots));
      context.init(null, trust.getTrustManagers(), null);
      this.factory = context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS towards " + host + ": " + e.getMessage(), e);
    }
  }

  /** Null: those of the JDK. */
  private static @Nullable KeyStore store(List<Certificate> roots)
      throws GeneralSecurityException, IOException {
    if (roots.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (Certificate root : roots) {
      store.setCertificateEntry(
          root.fingerprint().hex(),
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(root.der().toArray())));
    }
    return store;
  }

  @Override
  public Socket createSocket(@Nullable Socket line, String ignored, int port, boolean autoClose)
      throws IOException {
    SSLSocket socket = (SSLSocket) factory.createSocket(line, host, port, autoClose);
    socket.setEnabledProtocols(VERSIONS);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the JDK's name for RFC 9525
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String ignored, int port) {
    throw new UnsupportedOperationException("lines are opened by MailLine");
  }

  @Override
  public Socket createSocket(String ignored, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("lines are opened by MailLine");
  }

  @Override
  public Socket createSocket(InetAddress ignored, int port) {
    throw new UnsupportedOperationException("lines are opened by MailLine");
  }

  @Override
  public Socket createSocket(InetAddress ignored, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("lines are opened by MailLine");
  }
}
