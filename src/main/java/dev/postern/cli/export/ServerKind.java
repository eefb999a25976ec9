package dev.postern.cli.export;

import java.util.Locale;

/** The servers whose language is spoken here. */
public enum ServerKind {
  APACHE("Apache httpd", "apachectl graceful"),
  NGINX("nginx", "nginx -s reload"),
  HAPROXY("HAProxy", "systemctl reload haproxy"),
  CADDY("Caddy", "caddy reload --config /etc/caddy/Caddyfile");

  private final String label;
  private final String reload;

  ServerKind(String label, String reload) {
    this.label = label;
    this.reload = reload;
  }

  public String label() {
    return label;
  }

  /** The command that makes it read its files again. */
  public String reload() {
    return reload;
  }

  /** {@code apache}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Certificate and key in one file. */
  public boolean wantsOneFile() {
    return this == HAPROXY;
  }

  /** Asks an OCSP responder about clients. */
  public boolean asksOcsp() {
    return this == APACHE || this == NGINX;
  }

  public boolean readsCrls() {
    return this != CADDY;
  }

  public Written write(Blueprint blueprint) {
    return switch (this) {
      case APACHE -> new ApacheConfig(blueprint).write();
      case NGINX -> new NginxConfig(blueprint).write();
      case HAPROXY -> new HaproxyConfig(blueprint).write();
      case CADDY -> new CaddyConfig(blueprint).write();
    };
  }
}
