package dev.postern.path;

/** What the certificate is presented for; decides which extended key usage it must have. */
public enum Purpose {
  CLIENT,
  SERVER,
  ANY
}
