package dev.postern.access;

/** What to do when nobody can say whether a certificate was revoked. */
public enum UnknownStatusPolicy {
  DENY,
  ALLOW
}
