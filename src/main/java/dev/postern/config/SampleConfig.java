package dev.postern.config;

import java.util.Optional;

/**
 * The file that {@code postern init} writes: short, and every further step is in a comment.
 *
 * @param data as it shall stand in the file, usually {@code ./postern-data}
 * @param https where to listen, as {@link ListenAddress} is written
 * @param http likewise, or {@code off}
 * @param publish the address in every certificate; absent: the usual one for {@code http}
 */
public record SampleConfig(
    String name, String domain, String data, String https, String http, Optional<String> publish) {
  /** With the usual ports. */
  public SampleConfig(String name, String domain, String data) {
    this(name, domain, data, ":8443", ":8080", Optional.empty());
  }

  /** What the file says; {@link IllegalArgumentException} when the domain is no host name. */
  public String text() {
    return """
    # Postern's configuration. `postern config check` prints every problem with its line.
    # Users, certificates and invitations are not in here: see `postern user` and `postern issue`.

    name: %1$s
    domain: %2$s
    data: %3$s

    listen:
      https: "%4$s"
      http: "%5$s" # CRLs, OCSP and CA certificates; redirects everything else

    # Where others ask whether a certificate still counts. It is written into every certificate, so
    # it has to lead to listen.http for as long as they live: change it before you issue, not after.
    publish:
      url: %6$s

    # What stands behind the gateway. The first rule that fits decides; no rule, no entry.
    sites:
      - host: wiki.%2$s
        upstream: http://127.0.0.1:3000
        headers: [remote-user] # also: forwarded, client-cert, xfcc, ssl-client
        rules:
          - { path: /health, allow: anyone }
          - { path: /admin/**, allow: ["group:admins"] }
          - { allow: users } # or: ["group:staff", "user:bob"]

    # CAs of others whose certificates may sign people in, beside our own.
    # trust:
    #   - name: partner
    #     roots: partner-ca.pem
    #     identity: san.email # or: { field: san.email, pattern: '([a-z]+)@partner\\.example' }
    #     accept: [legacy-v1] # only for certificates as `openssl x509 -req` makes them

    # People are told by e-mail before a certificate of theirs ends. Try it: postern mail test ADDRESS
    # mail:
    #   server: smtp://mail.%2$s:587 # STARTTLS; smtps://… is TLS from the start
    #   from: postern@%2$s
    #   user: postern
    #   password-file: ./smtp-password
    """
        .formatted(
            quoted(name),
            Formats.hostName(domain),
            quoted(data),
            https,
            http,
            publish.orElseGet(this::usual));
  }

  private String usual() {
    return Publishes.usualUrl(domain, http.equals("off") ? 80 : ListenAddress.parse(http).port())
        .toString();
  }

  /** YAML's double-quoted form, which can hold any text. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\x%02x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
