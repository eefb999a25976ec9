package dev.postern.keys;

import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Offers one key under one alias. The JDK asks per key type ({@code EC}, {@code RSA}), Netty's
 * OpenSSL engine also by the older names of RFC 8422 ({@code EC_EC}, {@code EC_RSA}).
 */
final class OneKeyManager extends X509ExtendedKeyManager {
  private static final String ALIAS = "postern";

  private final PrivateKey privateKey;
  private final X509Certificate[] chain;

  OneKeyManager(PrivateKey privateKey, X509Certificate[] chain) {
    this.privateKey = privateKey;
    this.chain = chain;
  }

  static KeyManagerFactory factory(X509ExtendedKeyManager manager) {
    return new Ready(manager);
  }

  private boolean fits(@Nullable String keyType) {
    return keyType != null
        && (keyType.equals(privateKey.getAlgorithm())
            || keyType.startsWith(privateKey.getAlgorithm() + "_"));
  }

  private @Nullable String aliasFor(String @Nullable ... keyTypes) {
    if (keyTypes != null) {
      for (String keyType : keyTypes) {
        if (fits(keyType)) {
          return ALIAS;
        }
      }
    }
    return null;
  }

  private String @Nullable [] aliases(@Nullable String keyType) {
    return fits(keyType) ? new String[] {ALIAS} : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(keyTypes);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return ALIAS.equals(alias) ? chain.clone() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return ALIAS.equals(alias) ? privateKey : null;
  }

  /** A factory whose product exists already. */
  private static final class Ready extends KeyManagerFactory {
    Ready(X509ExtendedKeyManager manager) {
      super(new Spi(manager), new NoProvider(), "Postern");
    }
  }

  private static final class Spi extends KeyManagerFactorySpi {
    private final X509ExtendedKeyManager manager;

    Spi(X509ExtendedKeyManager manager) {
      this.manager = manager;
    }

    @Override
    protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {}

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {}

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {manager};
    }
  }

  /** KeyManagerFactory wants to name where it comes from; this offers nothing else. */
  private static final class NoProvider extends Provider {
    NoProvider() {
      super("Postern", "1", "one TLS identity");
    }
  }
}
