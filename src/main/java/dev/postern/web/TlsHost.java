package dev.postern.web;

import javax.net.ssl.KeyManagerFactory;

/**
 * How one host name presents itself in TLS: its certificate and key, and what it asks of clients.
 */
public record TlsHost(String name, KeyManagerFactory identity, Posture posture) {
  public TlsHost {
    name = HostName.parse(name).orElseThrow(() -> new IllegalArgumentException("not a host name"));
  }
}
