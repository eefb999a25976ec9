package dev.postern.web;

/**
 * What a client is told when something is wrong (RFC 9457): a status, a stable code, one sentence
 * for people, and what exactly was seen.
 */
public record Problem(int status, String code, String title, String detail) {
  public static Problem badRequest(String detail) {
    return new Problem(400, "bad-request", "This is not a valid request.", detail);
  }

  public static Problem of(int status, String code, String title, String detail) {
    return new Problem(status, code, title, detail);
  }

  /** The problem's type, a URI as RFC 9457 §3.1.1 wants it. */
  public String type() {
    return "urn:postern:problem:" + code;
  }
}
