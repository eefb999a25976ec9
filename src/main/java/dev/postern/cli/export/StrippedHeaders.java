package dev.postern.cli.export;

import dev.postern.config.SiteConfig.Header;
import java.util.ArrayList;
import java.util.List;

/**
 * What clients may not tell a back end: the headers that say who is there, and those that some
 * frameworks take for the path or the method, which our rules have then not seen.
 */
final class StrippedHeaders {
  static final List<String> REMOTE_USER = List.of("Remote-User");

  static final List<String> FORWARDED =
      List.of("X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups");

  static final List<String> SSL_CLIENT =
      List.of(
          "X-SSL-Client-Verify",
          "X-SSL-Client-S-DN",
          "X-SSL-Client-I-DN",
          "X-SSL-Client-Serial",
          "X-SSL-Client-Fingerprint",
          "X-SSL-Client-Cert");

  static final List<String> CLIENT_CERT = List.of("Client-Cert", "Client-Cert-Chain");

  private static final List<String> ALWAYS =
      List.of(
          "X-Remote-User",
          "X-Forwarded-Preferred-Username",
          "X-Forwarded-Client-Cert",
          "X-Forwarded-Port",
          "X-Forwarded-Ssl",
          "X-Forwarded-Scheme",
          "Postern-Certificate-Ends",
          "Postern-Certificate-Renew",
          "X-Real-IP",
          "Forwarded",
          "X-Original-URL",
          "X-Original-URI",
          "X-Original-Method",
          "X-Original-Host",
          "X-Rewrite-URL");

  private static final List<String> METHODS =
      List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

  /**
   * All their names, in small letters, with anything for the hyphens: some back ends cannot tell
   * {@code remote_user} from {@code Remote-User}.
   */
  static final String ANY_SPELLING =
      "(?:(?:x-)?remote-user|client-cert(?:-chain)?|postern-certificate-(?:ends|renew)|x-forwarded-.*|x-ssl-client-.*|x-postern-.*"
              .replace("-", "[^a-z0-9]")
          + "|forwarded|x-real-ip|x-original-(?:ur[li]|method|host)|x-rewrite-url)"
              .replace("-", "[^a-z0-9]");

  private StrippedHeaders() {}

  /** Every name of a fixed spelling. */
  static List<String> all(ExportedSite site) {
    List<String> names = new ArrayList<>(REMOTE_USER);
    names.addAll(FORWARDED);
    names.addAll(CLIENT_CERT);
    names.addAll(SSL_CLIENT);
    names.addAll(ALWAYS);
    if (site.judgesMethods()) {
      names.addAll(METHODS);
    }
    return names;
  }

  /** Those that nginx does not set itself for this site. */
  static List<String> beside(ExportedSite site) {
    List<String> names = all(site);
    if (site.tells(Header.REMOTE_USER)) {
      names.removeAll(REMOTE_USER);
    }
    if (site.tells(Header.FORWARDED)) {
      names.removeAll(FORWARDED);
    }
    if (site.tells(Header.SSL_CLIENT)) {
      names.removeAll(SSL_CLIENT);
    }
    return names;
  }
}
