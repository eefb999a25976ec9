package dev.postern.peers;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** One TLS connection by Java's own client, over which requests go one after the other. */
final class KeptConnection implements AutoCloseable {
  private final SSLSocket socket;
  private final InputStream in;

  private KeptConnection(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** As nobody, over {@code plain}, which stays open when this is closed. */
  static SSLSocket tls(Installation.Served served, Socket plain, String protocol)
      throws IOException {
    var factory = context(served.installation(), null).getSocketFactory();
    var socket = (SSLSocket) factory.createSocket(plain, Installation.HOST, served.port(), false);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** To {@code served}, with a P12 file. */
  static KeptConnection open(Installation.Served served, String who) {
    try {
      var plain = served.plainSocket();
      var factory = context(served.installation(), who).getSocketFactory();
      var socket = (SSLSocket) factory.createSocket(plain, Installation.HOST, served.port(), true);
      socket.setSoTimeout(10_000);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      return new KeptConnection(socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** To {@code served}, as one of a crowd. */
  static KeptConnection open(Installation.Served served, SSLContext context) {
    return open(served, context, Duration.ofMinutes(2));
  }

  /** As somebody who waits no longer than so for each answer. */
  static KeptConnection open(Installation.Served served, SSLContext context, Duration patience) {
    try {
      var plain = served.plainSocket();
      var factory = context.getSocketFactory();
      var socket = (SSLSocket) factory.createSocket(plain, Installation.HOST, served.port(), true);
      socket.setSoTimeout((int) patience.toMillis());
      socket.startHandshake();
      return new KeptConnection(socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Trusts the installation's root, and shows a P12 file if {@code who} is somebody. */
  static SSLContext context(Installation installation, @Nullable String who) {
    try (InputStream root = Files.newInputStream(installation.root())) {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(root));
      var trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      var keys = KeyManagerFactory.getInstance("PKIX");
      char[] password = Postern.PASSPHRASE.toCharArray();
      keys.init(own(who == null ? null : installation.path(who + ".p12"), password), password);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore own(@Nullable Path file, char[] password)
      throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    if (file == null) {
      store.load(null, null);
      return store;
    }
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
      return store;
    }
  }

  /** Begins a request without waiting for the answer. */
  void send(String request) {
    try {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The next line of an answer; {@link IOException} when the connection ended. */
  String nextLine() throws IOException {
    return line();
  }

  /** The status line and the body of what GET brings. */
  String get(String path) {
    try {
      String request = "GET " + path + " HTTP/1.1\r\nHost: " + Installation.HOST + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String status = line();
      int length = 0;
      for (String header = line(); !header.isEmpty(); header = line()) {
        if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
        }
      }
      return status + "\n" + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
