package dev.postern.cli.export;

import dev.postern.cli.export.ExportedRule.Audience;
import dev.postern.cli.export.ExportedSite.Asking;
import dev.postern.cli.export.Written.TextFile;
import dev.postern.config.SiteConfig.Header;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Apache httpd 2.4. Certificates are asked for by the virtual host, in the handshake: what many
 * guides do instead, {@code SSLVerifyClient} inside {@code <Directory>}, needs a renegotiation that
 * TLS 1.3 and HTTP/2 do not have.
 */
final class ApacheConfig {
  private static final String MAIN = "postern.conf";

  private final Blueprint blueprint;
  private final List<String> remarks;

  ApacheConfig(Blueprint blueprint) {
    this.blueprint = blueprint;
    this.remarks = new ArrayList<>(blueprint.commonRemarks());
  }

  Written write() {
    StringBuilder out = new StringBuilder(blueprint.heading("Apache httpd 2.4"));
    out.append(
        """
        # Once:   a2enmod ssl http2 headers setenvif proxy proxy_http
        # Then, in apache2.conf or a file of sites-enabled:   Include %s
        # The port must be listened on (Debian: ports.conf).

        """
            .formatted(blueprint.file(MAIN)));
    for (ExportedSite site : blueprint.sites()) {
      out.append(host(site));
      if (site.tells(Header.XFCC)) {
        remarks.add(site.host() + ": Apache cannot write the header of xfcc");
      }
    }
    return new Written(MAIN, List.of(new TextFile(MAIN, out.toString())), remarks);
  }

  private String host(ExportedSite site) {
    return """
    <VirtualHost %s>
      ServerName %s
      Protocols h2 http/1.1
      SSLEngine on
      SSLCertificateFile "%s"
      SSLCertificateKeyFile "%s"
      SSLProtocol -all +TLSv1.2 +TLSv1.3
      SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20
      SSLHonorCipherOrder off
      SSLCompression off
      # Tickets would outlive a graceful restart, and with it a revocation.
      SSLSessionTickets off

    %s
      # Whoever is refused is told in words where the handshake let them come so far.
      ErrorDocument 400 "This address can be read in more than one way."
      ErrorDocument 403 "You may not enter here: no certificate was shown, or not one that may enter."

      <Location "/">
    %s  </Location>

    %s</VirtualHost>

    """
        .formatted(
            blueprint.address("*"),
            site.host(),
            blueprint.file(site.certificateFile()),
            blueprint.file(site.keyFile()),
            verification(site),
            door(site),
            relay(site));
  }

  private String verification(ExportedSite site) {
    if (site.asking() == Asking.NEVER) {
      return "  SSLVerifyClient none\n";
    }
    String how =
        site.asking() == Asking.REQUIRED
            ? "require\n"
            : "optional\n  # (A certificate that is expired, revoked or of another CA ends the handshake all the same.)\n";
    return """
      # For the whole host: a rule for a path alone would come too late for TLS 1.3.
      SSLVerifyClient %s\
      SSLVerifyDepth %d
      SSLCACertificateFile "%s"
      SSLCARevocationFile "%s"
      SSLCARevocationCheck chain
      SSLUserName SSL_CLIENT_S_DN_UID
    %s\
    """
        .formatted(
            how,
            blueprint.casAbove() + 1,
            blueprint.file(Blueprint.AUTHORITIES),
            blueprint.file(Blueprint.CRL),
            ocsp());
  }

  private String ocsp() {
    return blueprint
        .ocsp()
        .map(address ->
            """
              # Besides the CRL, which may be some time old: ask for each new connection.
              SSLOCSPEnable leaf
              SSLOCSPDefaultResponder %s
              SSLOCSPOverrideResponder on
              SSLOCSPUseRequestNonce off
            """
                .formatted(address))
        .orElse("");
  }

  /**
   * Rule by rule: POSTERN stays empty until one fits exactly; what fits in another spelling must
   * allow, too.
   */
  private String door(ExportedSite site) {
    StringBuilder out = new StringBuilder();
    comment(out, "Enabled users with a certificate of our issuing CA: another CA below the same");
    comment(out, "root is not ours.");
    set(
        out,
        "%{SSL_CLIENT_VERIFY} == 'SUCCESS' && %{SSL_CLIENT_I_DN} =~ m#^"
            + Quoting.regex(blueprint.issuer().unicode())
            + "\\z# && -z %{SSL_CLIENT_S_DN_UID_1} && "
            + among(blueprint.people().stream().map(Person::name).toList())
            + " && %{SSL_CLIENT_S_DN_UID} =~ m#^(.+)\\z#",
        "POSTERN_USER=$1");
    for (int i = 0; i < site.rules().size(); i++) {
      ExportedRule rule = site.rules().get(i);
      comment(out, "rule " + (i + 1) + ": " + Quoting.comment(rule.said()));
      String open =
          "-z reqenv('POSTERN') && %{REQUEST_METHOD} =~ m#^" + rule.methodRegex() + "\\z#";
      String path = " && %{REQUEST_URI} =~ m#^";
      String who = who(rule);
      if (!rule.admitsAnyone()) {
        String refused = rule.admitsNobody() ? "" : " && !(" + who + ")";
        set(out, open + path + rule.path().tolerant() + "\\z#i" + refused, "POSTERN=no");
      }
      if (!rule.admitsNobody()) {
        String allowed = rule.admitsAnyone() ? "" : " && " + who;
        set(out, open + path + rule.path().exact() + "\\z#" + allowed, "POSTERN=yes");
      }
    }
    comment(out, "Another host does not live here.");
    String host = "%{HTTP_HOST} =~ m#^" + Quoting.regex(site.host()) + "(?::[0-9]+)?\\z#i";
    set(out, "!(" + host + ")", "POSTERN=no");
    comment(
        out, "Two readers could read these addresses differently, so nobody gets to read them;");
    comment(out, "and headers that a careless reader takes for ours.");
    set(
        out,
        "%{THE_REQUEST} =~ m#^\\S+ " + PathRegex.DOUBTFUL.replace("#", "\\x23") + "#i",
        "POSTERN=no");
    out.append("    SetEnvIfNoCase \"^(?=.*[^a-z0-9-])")
        .append(StrippedHeaders.ANY_SPELLING)
        .append("$\" \".\" POSTERN=no\n");
    out.append("    Require expr \"reqenv('POSTERN') == 'yes'\"\n");
    return out.toString();
  }

  private static void comment(StringBuilder out, String text) {
    out.append("    # ").append(text).append('\n');
  }

  private static void set(StringBuilder out, String condition, String variable) {
    out.append("    SetEnvIfExpr \"").append(condition).append("\" ").append(variable).append('\n');
  }

  private static String who(ExportedRule rule) {
    return switch (rule.audience()) {
      case Audience.Anyone() -> "true";
      case Audience.Users(var names) -> "-n reqenv('POSTERN_USER') && " + among(names);
    };
  }

  /** Names are letters, digits and {@code . _ - @}: nothing to be quoted. */
  private static String among(Collection<String> names) {
    return names.isEmpty()
        ? "false"
        : "%{SSL_CLIENT_S_DN_UID} in "
            + names.stream()
                .map(name -> "'" + name + "'")
                .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private String relay(ExportedSite site) {
    StringBuilder out =
        new StringBuilder("  # Who is there; what a client sends under these names ends here.\n");
    StrippedHeaders.all(site).forEach(name -> line(out, "RequestHeader unset " + name));
    // Headers that Connection names end at a proxy (RFC 9110 §7.6.1), ours among them.
    String websocket = "%{HTTP:Upgrade} -strcmatch 'websocket'\"";
    line(out, "RequestHeader unset Connection \"expr=! " + websocket);
    line(out, "RequestHeader set Connection Upgrade \"expr=" + websocket);
    String known = " env=POSTERN_USER";
    if (site.tells(Header.REMOTE_USER)) {
      line(out, "RequestHeader set Remote-User \"%{POSTERN_USER}e\"" + known);
    }
    if (site.tells(Header.FORWARDED)) {
      line(out, "RequestHeader set X-Forwarded-User \"%{POSTERN_USER}e\"" + known);
      blueprint.people().forEach(person -> describe(out, person));
    }
    if (site.tells(Header.SSL_CLIENT)) {
      line(out, "RequestHeader set X-SSL-Client-Verify \"%{SSL_CLIENT_VERIFY}s\"" + known);
      line(out, "RequestHeader set X-SSL-Client-S-DN \"%{SSL_CLIENT_S_DN}s\"" + known);
      line(out, "RequestHeader set X-SSL-Client-I-DN \"%{SSL_CLIENT_I_DN}s\"" + known);
      line(out, "RequestHeader set X-SSL-Client-Serial \"%{SSL_CLIENT_M_SERIAL}s\"" + known);
    }
    if (site.tells(Header.CLIENT_CERT)) {
      line(out, "RequestHeader set Client-Cert \"%{SSL_CLIENT_CERT}s\"" + known);
      line(out, "RequestHeader edit* Client-Cert \"-----(BEGIN|END) CERTIFICATE-----\" \":\"");
      line(out, "RequestHeader edit* Client-Cert \"[ \\n\\r]\" \"\"");
    }
    line(out, "RequestHeader set X-Forwarded-Proto https");
    String upstream = site.upstream().getScheme() + "://" + site.authority() + "/";
    if (!site.hasPlainUpstream()) {
      line(out, "SSLProxyEngine on");
      line(out, "SSLProxyVerify require");
      line(out, "SSLProxyVerifyDepth 5");
      line(out, "SSLProxyCheckPeerName on");
      line(
          out,
          "SSLProxyCACertificateFile \""
              + (site.ownUpstreamCa()
                  ? blueprint.file(site.upstreamCaFile())
                  : "/etc/ssl/certs/ca-certificates.crt")
              + "\"");
    }
    line(out, "ProxyRequests off");
    line(out, "ProxyPreserveHost on");
    line(out, "ProxyTimeout " + Math.max(1, site.response().toSeconds()));
    line(out, "LimitRequestBody " + site.maxBody());
    line(out, "ProxyPass / " + upstream + " upgrade=websocket");
    line(out, "ProxyPassReverse / " + upstream);
    return out.toString();
  }

  private static void describe(StringBuilder out, Person person) {
    String when = " \"expr=reqenv('POSTERN_USER') == '" + person.name() + "'\"";
    person
        .email()
        .ifPresent(
            email -> line(out, "RequestHeader set X-Forwarded-Email " + quoted(email) + when));
    if (!person.groups().isEmpty()) {
      line(
          out,
          "RequestHeader set X-Forwarded-Groups "
              + quoted(String.join(",", person.groups()))
              + when);
    }
  }

  /** In mod_headers' formats a percent sign is written twice. */
  private static String quoted(String text) {
    return "\"" + Quoting.percent(text).replace("%2C", ",").replace("%", "%%") + "\"";
  }

  private static void line(StringBuilder out, String directive) {
    out.append("  ").append(directive).append('\n');
  }
}
