package dev.postern.keys;

import dev.postern.x509.Certificate;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A key and the chain that speaks for it, in the form TLS engines want: the JDK's, and Netty's over
 * BoringSSL.
 */
public final class TlsIdentity {
  private final List<Certificate> chain;
  private final X509ExtendedKeyManager keyManager;

  private TlsIdentity(List<Certificate> chain, X509ExtendedKeyManager keyManager) {
    this.chain = chain;
    this.keyManager = keyManager;
  }

  /**
   * The leaf first, the trust anchor left out (RFC 8446 §4.4.2). {@link IllegalArgumentException}
   * when the chain is empty or its leaf is about another key; ask {@link SecretKeyPair#matches}
   * before.
   */
  public static TlsIdentity of(SecretKeyPair key, List<Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a TLS identity needs a certificate");
    }
    if (!key.matches(chain.getFirst())) {
      throw new IllegalArgumentException("the private key does not belong to " + chain.getFirst());
    }
    X509Certificate[] certificates =
        chain.stream().map(TlsIdentity::jca).toArray(X509Certificate[]::new);
    return new TlsIdentity(List.copyOf(chain), new OneKeyManager(key.privateKey(), certificates));
  }

  private static X509Certificate jca(Certificate certificate) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate.der().toArray()));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("the JDK cannot read " + certificate, e);
    }
  }

  public List<Certificate> chain() {
    return chain;
  }

  /** Always the same key, whatever the peer prefers, if its type fits. */
  public X509ExtendedKeyManager keyManager() {
    return keyManager;
  }

  /** For builders that take a factory; it is initialised already. */
  public KeyManagerFactory keyManagerFactory() {
    return OneKeyManager.factory(keyManager);
  }

  @Override
  public String toString() {
    return "TLS identity " + chain.getFirst();
  }
}
