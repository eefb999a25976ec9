package dev.postern.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A request, written out once, and the status its answer must have. */
public final class Request {
  private static final byte[] CLOSE =
      "Connection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final String path;
  private final byte[] head;
  private final byte[] body;
  private final long bodyLength;
  private final int status;
  private final Predicate<byte[]> check;

  private Request(String method, String path, String fields, byte[] body, long length, int status) {
    this.path = path;
    this.status = status;
    this.body = body;
    this.bodyLength = length;
    this.check = null;
    String line = method + " " + path + " HTTP/1.1\r\nHost: %HOST%\r\n" + fields;
    String content = length == 0 ? "" : "Content-Length: " + length + "\r\n";
    this.head = (line + content).getBytes(StandardCharsets.US_ASCII);
  }

  private Request(Request other, Predicate<byte[]> check) {
    this.path = other.path;
    this.head = other.head;
    this.body = other.body;
    this.bodyLength = other.bodyLength;
    this.status = other.status;
    this.check = check;
  }

  /** The same, whose answer's body must be right, too. Over HTTP/1.1 only. */
  public Request checking(Predicate<byte[]> body) {
    return new Request(this, body);
  }

  public static Request get(String path) {
    return new Request("GET", path, "", new byte[0], 0, 200);
  }

  /** {@code status}: what it must be answered with. */
  public static Request post(String path, String contentType, byte[] body, int status) {
    String fields = "Content-Type: " + contentType + "\r\n";
    return new Request("POST", path, fields, body.clone(), body.length, status);
  }

  /** A body of so many octets, made as it is sent. */
  public static Request upload(String path, long length) {
    String fields = "Content-Type: application/octet-stream\r\n";
    return new Request("POST", path, fields, new byte[0], length, 200);
  }

  int status() {
    return status;
  }

  /** Whether the answer's body is wanted. */
  boolean isChecked() {
    return check != null;
  }

  boolean isAnsweredBy(byte[] answer) {
    return check.test(answer);
  }

  /** Octets that follow {@link #http1}. */
  long streamed() {
    return bodyLength - body.length;
  }

  byte[] http1(String host, boolean last) {
    var out = new ByteArrayOutputStream(head.length + body.length + 64);
    String text = new String(head, StandardCharsets.US_ASCII).replace("%HOST%", host);
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(last ? CLOSE : END);
    out.writeBytes(body);
    return out.toByteArray();
  }

  /** The header block of a GET, without Huffman codes (RFC 7541 §6). */
  byte[] http2(String host) {
    if (bodyLength > 0 || isChecked()) {
      throw new IllegalStateException("the load knows no bodies over HTTP/2");
    }
    var out = new ByteArrayOutputStream();
    out.write(0x82); // :method GET
    out.write(0x87); // :scheme https
    if (path.equals("/")) {
      out.write(0x84);
    } else {
      literal(out, 4, path);
    }
    literal(out, 1, host);
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, int name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length > 126) {
      throw new IllegalArgumentException("too long for one octet of length: " + value);
    }
    out.write(name);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }
}
