package dev.postern.authority;

/**
 * Who asked: {@code cli:root@host}, {@code gateway}, a user's name. For the record, not for
 * deciding.
 */
public record Requester(String name) {
  /** The gateway, which renews the certificates of its hosts by itself. */
  public static final Requester GATEWAY = new Requester("gateway");

  /** The OCSP responder, which renews its own certificate by itself. */
  public static final Requester OCSP = new Requester("ocsp");

  /** Whether nobody need look after what was made for it. */
  public boolean renewsByItself() {
    return equals(GATEWAY) || equals(OCSP);
  }
}
