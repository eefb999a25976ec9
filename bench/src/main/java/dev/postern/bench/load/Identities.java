package dev.postern.bench.load;

import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Client certificates that are shown in turn, the next one by each connection. */
public final class Identities {
  /**
   * One of them.
   *
   * @param chain without the root
   */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {
    public Identity {
      chain = List.copyOf(chain);
    }
  }

  private final List<Identity> identities;
  private int next;

  public Identities(List<Identity> identities) {
    this.identities = List.copyOf(identities);
  }

  public int size() {
    return identities.size();
  }

  public Identity one(int number) {
    return identities.get(number);
  }

  KeyManagerFactory keyManagers() {
    return new OpenSslCachingX509KeyManagerFactory(new Factory(new Turns()), identities.size());
  }

  /** All of it happens on the load's one thread. */
  private final class Turns extends X509ExtendedKeyManager {
    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      int chosen = next;
      next = (next + 1) % identities.size();
      return Integer.toString(chosen);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identities.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identities.get(Integer.parseInt(alias)).key();
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException("no sockets here");
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException("nobody lists them");
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException("a client");
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException("a client");
    }
  }

  private static final class Factory extends KeyManagerFactory {
    Factory(KeyManager manager) {
      super(new Spi(manager), new Named(), "turns");
    }
  }

  private static final class Named extends Provider {
    Named() {
      super("bench", "1", "client certificates in turn");
    }
  }

  private static final class Spi extends KeyManagerFactorySpi {
    private final KeyManager manager;

    Spi(KeyManager manager) {
      this.manager = manager;
    }

    @Override
    protected void engineInit(KeyStore store, char[] password) {
      // the identities are there already
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
      // likewise
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {manager};
    }
  }
}
