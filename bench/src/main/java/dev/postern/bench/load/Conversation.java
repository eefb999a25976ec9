package dev.postern.bench.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One connection of one person, by Java's own TLS: a request at a time, whatever the answer is. For
 * works that watch a single connection; loads are {@link LoadGenerator}'s.
 */
public final class Conversation implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final SSLSocket socket;
  private final InputStream in;
  private final String host;

  private Conversation(SSLSocket socket, String host) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.host = host;
  }

  /** The handshake is over when it returns. */
  public static Conversation open(Target target, Identities.Identity who) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), target.port());
    try {
      plain.setTcpNoDelay(true);
      var factory = context(who).getSocketFactory();
      var socket = (SSLSocket) factory.createSocket(plain, target.host(), target.port(), true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      var parameters = socket.getSSLParameters(); // by itself it says no name without a dot
      parameters.setServerNames(List.of(new SNIHostName(target.host())));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new Conversation(socket, target.host());
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static SSLContext context(Identities.Identity who) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] password = new char[0];
      store.setKeyEntry("own", who.key(), password, who.chain().toArray(X509Certificate[]::new));
      var keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, password);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What came back.
   *
   * @param location where something new is, or empty
   */
  public record Answer(int status, String location) {}

  /** The status of the answer; {@link IOException} when the connection ended. */
  public int get(String path) throws IOException {
    return answer("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status();
  }

  public Answer post(String path, String json) throws IOException {
    return answer(
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, host, json.length(), json));
  }

  private Answer answer(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String status = line();
    long length = 0;
    String location = "";
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Long.parseLong(value(header));
      } else if (header.toLowerCase(Locale.ROOT).startsWith("location:")) {
        location = value(header);
      }
    }
    in.skipNBytes(length);
    return new Answer(Integer.parseInt(status.substring(9, 12)), location);
  }

  private static String value(String header) {
    return header.substring(header.indexOf(':') + 1).strip();
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("closed by the other side");
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
      throw new UncheckedIOException(e);
    }
  }

  /** Whom it speaks to is known. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // as it is
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
