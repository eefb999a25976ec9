package dev.postern.access;

/** What becomes of those whose certificate ended lately: {@link TrustedAuthority#grace}. */
public enum Latecomers {
  REFUSED,
  /** They come in as {@link Identity#mayOnlyRenew}, for pages that know what that means. */
  MAY_RENEW
}
