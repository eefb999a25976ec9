package dev.postern.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** An upstream that answers byte for byte what a test wants, on a virtual thread per connection. */
final class FakeUpstream implements AutoCloseable {
  private final ServerSocket listener;
  final AtomicInteger connections = new AtomicInteger();
  final List<String> heads = new CopyOnWriteArrayList<>();

  /** What to do with a connection whose first head was read; called again while it returns true. */
  @FunctionalInterface
  interface Script {
    boolean run(Peer peer, String head) throws IOException;
  }

  FakeUpstream(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  /** Over TLS, with this context's certificate. */
  FakeUpstream(SSLContext tls, Script script) throws IOException {
    this(
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        script);
  }

  private FakeUpstream(ServerSocket listener, Script script) {
    this.listener = listener;
    Thread.ofVirtual()
        .start(() -> {
          while (!listener.isClosed()) {
            try {
              Socket socket = listener.accept();
              connections.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(socket, script));
            } catch (IOException e) {
              return; // closed
            }
          }
        });
  }

  /** Answers each request with this text. */
  static FakeUpstream answering(String response) throws IOException {
    return new FakeUpstream((peer, head) -> {
      peer.write(response);
      return true;
    });
  }

  static FakeUpstream ok() throws IOException {
    return answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      Peer peer = new Peer(socket);
      String head = peer.head();
      while (!head.isEmpty()) {
        heads.add(head);
        if (!script.run(peer, head)) {
          return;
        }
        head = peer.head();
      }
    } catch (IOException e) {
      // the gateway went away: what a test sees of that is on the client's side
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** The upstream's end of one connection. */
  static final class Peer {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    Socket socket() {
      return socket;
    }

    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int c = in.read();
        if (c < 0) {
          return "";
        }
        head.append((char) c);
      }
      return head.toString();
    }

    /** Everything until {@code end} has come. */
    String readUntil(String end) throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.indexOf(end) < 0) {
        int c = in.read();
        if (c < 0) {
          break;
        }
        text.append((char) c);
      }
      return text.toString();
    }

    byte[] read(int length) throws IOException {
      return in.readNBytes(length);
    }

    int readSome(byte[] buffer) throws IOException {
      return in.read(buffer);
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }
  }
}
