package dev.postern.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Sends exactly the HTTP/2 frames it is told to (RFC 9113), with headers in no encoding. */
final class RawHttp2 implements AutoCloseable {
  static final int END = 0x1 | 0x4; // END_STREAM and END_HEADERS
  static final int OPEN = 0x4;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int GO_AWAY = 7;
  private static final int INITIAL_WINDOW = 4;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /** With {@code window} bytes for the server to send on each stream. */
  RawHttp2(TestDoor door, SSLContext context, int window) throws IOException {
    socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), door.port());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(
        SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW).putInt(window).array());
  }

  /** Names and values in turn, byte for byte (RFC 7541 §6.2.2, without Huffman codes). */
  RawHttp2 headers(int stream, int flags, String... headers) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < headers.length; i += 2) {
      block.write(0);
      string(block, headers[i]);
      string(block, headers[i + 1]);
    }
    return frame(HEADERS, flags, stream, block.toByteArray());
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length >= 127) {
      throw new IllegalArgumentException("needs a longer length");
    }
    block.write(bytes.length);
    block.writeBytes(bytes);
  }

  RawHttp2 data(int stream, int flags, String text) throws IOException {
    return frame(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    socket.getOutputStream().write(frame.array());
    return this;
  }

  /** How the stream's answer begins: a status, {@code reset}, {@code goaway} or {@code closed}. */
  String answer(int stream) throws IOException {
    try {
      while (true) {
        int head = in.readInt();
        in.readByte();
        int about = in.readInt();
        byte[] payload = in.readNBytes(head >>> 8);
        int type = head & 0xff;
        if (type == GO_AWAY && ByteBuffer.wrap(payload).getInt(4) != 0) {
          return "goaway";
        }
        if (type == RESET && about == stream) {
          return "reset";
        }
        if (type == HEADERS && about == stream) {
          return String.valueOf(
              decoder.decodeHeaders(about, Unpooled.wrappedBuffer(payload)).status());
        }
      }
    } catch (java.io.EOFException | java.net.SocketException | javax.net.ssl.SSLException e) {
      return "closed";
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** Reads on until the connection ends; a timeout when it does not. */
  void untilClosed() throws IOException {
    try {
      while (in.read() >= 0) {
        // whatever it is
      }
    } catch (java.net.SocketException reset) {
      // an end, too
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
