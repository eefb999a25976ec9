package dev.postern.bench;

/** Names that several works use. */
public final class Contender {
  public static final String POSTERN = "Postern";
  public static final String NGINX = "nginx";
  public static final String HAPROXY = "HAProxy";
  public static final String APACHE = "Apache";
  public static final String CADDY = "Caddy";

  /** What cannot be undercut: the cryptography alone. */
  public static final String LIMIT = "limit";

  private Contender() {}
}
