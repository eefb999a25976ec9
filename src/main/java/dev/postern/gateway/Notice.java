package dev.postern.gateway;

/** How a site's people, or the app behind it, learn that a certificate ends soon. */
public enum Notice {
  /** {@code Postern-Certificate-Ends}, and {@code -Renew} where there is a page for that. */
  HEADER,
  /** A page of ours before the app's, once a day ({@link NoticePages}). */
  PAGE
}
