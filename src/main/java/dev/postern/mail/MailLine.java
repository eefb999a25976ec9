package dev.postern.mail;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;

/**
 * A connection to a mail server, bounded in all it does: connecting, each answer, everything
 * together, and how much the server may say.
 */
final class MailLine implements AutoCloseable {
  private static final int CONNECT_MILLIS = 10_000;

  /**
   * Servers look for viruses before they answer to the last dot; RFC 5321 §4.5.3.2 says minutes.
   */
  private static final int ANSWER_MILLIS = 300_000;

  /** Below {@code Reminders.CLAIM}: nobody else sends what may be on its way. */
  private static final Duration ALTOGETHER = Duration.ofMinutes(8);

  private static final int MOST_ADDRESSES = 4;

  /** Certificates and a dozen answers are a tenth of it. */
  private static final int MOST_BYTES = 256 * 1024;

  private final Socket socket;
  private final Thread deadline;

  private MailLine(Socket plain, Socket socket) {
    this.socket = socket;
    // Writing has no timeout of its own: a server that stops reading would hold us for ever.
    this.deadline = Thread.ofVirtual().name("postern-mail-deadline").start(() -> cut(plain));
  }

  private static void cut(Socket plain) {
    try {
      Thread.sleep(ALTOGETHER);
      plain.close();
    } catch (InterruptedException | IOException e) {
      // it was done in time; or it is closed already
    }
  }

  /** Connected; with TLS, where that comes first. */
  static MailLine open(MailServer server, MailTls tls) throws IOException {
    Socket plain = connected(server);
    if (server.security() != MailServer.Security.TLS) {
      return new MailLine(plain, plain);
    }
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, server.host(), server.port(), true);
    var line = new MailLine(plain, socket);
    try {
      socket.startHandshake();
      return line;
    } catch (IOException e) {
      line.close();
      throw e;
    }
  }

  private static Socket connected(MailServer server) throws IOException {
    IOException problem = new ConnectException("it has no address");
    for (InetAddress address :
        Arrays.stream(InetAddress.getAllByName(server.host())).limit(MOST_ADDRESSES).toList()) {
      if (server.security() == MailServer.Security.NONE && !address.isLoopbackAddress()) {
        throw new ConnectException(server.host() + " is not this machine");
      }
      // With the name in it, so that nobody looks for one.
      var named = InetAddress.getByAddress(server.host(), address.getAddress());
      var socket = new Bounded();
      try {
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.connect(new InetSocketAddress(named, server.port()), CONNECT_MILLIS);
        return socket;
      } catch (IOException e) {
        socket.close();
        problem = e;
      }
    }
    throw problem;
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() {
    deadline.interrupt();
    try {
      socket.close();
    } catch (IOException e) {
      // then it is closed, too
    }
  }

  /** Answers of a server are read into memory; this much, and no more. */
  private static final class Bounded extends Socket {
    private int left = MOST_BYTES;

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
          if (left <= 0) {
            throw new IOException("the mail server says too much");
          }
          int read = super.read(into, offset, Math.min(length, left));
          left -= Math.max(read, 0);
          return read;
        }
      };
    }
  }
}
