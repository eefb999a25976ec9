package dev.postern.web;

/**
 * Which TLS implementation serves: BoringSSL is about twice as fast, the JDK's needs no native
 * code.
 */
public enum TlsEngine {
  BORINGSSL,
  JDK
}
