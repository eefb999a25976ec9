package dev.postern.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that sends exactly what it is told to, over TLS and HTTP/1.1. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final SSLSocket socket;
  private final InputStream in;

  /** A response as it came; {@code body} is decoded from chunks, {@code whole} if its end came. */
  record Response(int status, String head, String body, boolean whole) {
    Optional<String> header(String name) {
      return head.lines()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst();
    }
  }

  RawClient(int port, SSLContext context, String sni, String... protocols) throws IOException {
    socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    SSLParameters parameters = socket.getSSLParameters();
    if (!sni.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(sni)));
    }
    socket.setSSLParameters(parameters);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    in = new BufferedInputStream(socket.getInputStream());
    socket.startHandshake();
  }

  static RawClient alice(TestDoor door) throws IOException {
    return new RawClient(door.port(), TestDoor.CA.clientContext(TestDoor.ALICE), TestDoor.HOST);
  }

  SSLSocket socket() {
    return socket;
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  RawClient send(byte[] bytes, int length) throws IOException {
    socket.getOutputStream().write(bytes, 0, length);
    return this;
  }

  Response get(String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return send(request + "\r\n").receive();
  }

  Response receive() throws IOException {
    String head = head();
    int status = head.isEmpty() ? 0 : Integer.parseInt(head.substring(9, 12));
    Response bare = new Response(status, head, "", true);
    if (status < 200 || status == 204 || status == 304) {
      return bare;
    }
    Optional<String> length = bare.header("content-length");
    if (length.isPresent()) {
      byte[] body = in.readNBytes(Integer.parseInt(length.get()));
      return new Response(status, head, text(body), body.length == Integer.parseInt(length.get()));
    }
    if (bare.header("transfer-encoding").isPresent()) {
      return chunked(status, head);
    }
    return new Response(status, head, text(in.readAllBytes()), true);
  }

  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    String line = line();
    while (!line.isEmpty()) {
      head.append(line).append('\n');
      line = line();
    }
    return head.toString();
  }

  private Response chunked(int status, String head) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line();
      if (size.isEmpty()) {
        return new Response(status, head, body.toString(), false);
      }
      int length = Integer.parseInt(size.strip(), 16);
      if (length == 0) {
        return new Response(status, head + head(), body.toString(), true);
      }
      body.append(text(in.readNBytes(length)));
      line();
    }
  }

  /** Without its end; empty at an empty line and at the end of the connection. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c = in.read();
    while (c >= 0 && c != '\n') {
      if (c != '\r') {
        line.write(c);
      }
      c = in.read();
    }
    return text(line.toByteArray());
  }

  byte[] read(int length) throws IOException {
    return in.readNBytes(length);
  }

  boolean isClosed() throws IOException {
    return in.read() < 0;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
