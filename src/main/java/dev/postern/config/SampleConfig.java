package dev.postern.config;

/** The file that {@code postern init} writes: short, and every further step is in a comment. */
public final class SampleConfig {
  private SampleConfig() {}

  /** {@code data} as it shall stand in the file, usually {@code ./postern-data}. */
  public static String text(String name, String domain, String data) {
    return """
    # Postern's configuration. `postern config check` prints every problem with its line.
    # Users, certificates and invitations are not in here: see `postern user` and `postern issue`.

    name: %s
    domain: %s
    data: %s

    listen:
      https: ":8443"
      http: ":8080" # CRLs, OCSP and CA certificates; redirects everything else

    # Where others ask whether a certificate still counts. It is written into every certificate, so
    # it has to lead to listen.http for as long as they live: change it before you issue, not after.
    publish:
      url: http://pki.%2$s:8080

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
        .formatted(quoted(name), Formats.hostName(domain), quoted(data));
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
