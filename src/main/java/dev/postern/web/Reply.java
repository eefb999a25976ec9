package dev.postern.web;

import dev.postern.x509.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a page answers. Content-Length and the connection's own headers are added on the way out.
 */
public record Reply(int status, List<Header> headers, Bytes body) {
  /** One header line. */
  public record Header(String name, String value) {}

  public Reply {
    headers = List.copyOf(headers);
  }

  public static Reply of(int status, String contentType, Bytes body) {
    return new Reply(status, List.of(new Header("content-type", contentType)), body);
  }

  public static Reply html(int status, String html) {
    return of(status, "text/html; charset=utf-8", Bytes.of(html.getBytes(StandardCharsets.UTF_8)));
  }

  public static Reply text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Maps, lists, texts, numbers and flags, as JSON. */
  public static Reply json(int status, Object value) {
    return of(status, "application/json", Bytes.of(JsonBody.write(value)));
  }

  /** To another address, for a browser that just sent a form (RFC 9110 §15.4.4). */
  public static Reply seeOther(String location) {
    return new Reply(303, List.of(new Header("location", location)), Bytes.of(new byte[0]));
  }

  /** With one header more. */
  public Reply with(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Reply(status, more, body);
  }
}
