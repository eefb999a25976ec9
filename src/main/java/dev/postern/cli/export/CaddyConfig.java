package dev.postern.cli.export;

import dev.postern.cli.export.ExportedRule.Audience;
import dev.postern.cli.export.ExportedSite.Asking;
import dev.postern.cli.export.Written.TextFile;
import dev.postern.config.SiteConfig.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Caddy 2. It reads no CRL and asks no responder, so the serial numbers of revoked certificates
 * stand in the configuration, which stops to let anybody in when the CRL it was made from runs out.
 */
final class CaddyConfig {
  private static final String MAIN = "postern.caddy";

  /** Caddy goes through a map from its beginning, for each request. */
  private static final int MANY = 10_000;

  /**
   * By how they begin: some back ends cannot tell {@code Remote_User} or {@code Remote.User} from
   * {@code Remote-User}.
   */
  private static final List<String> STRIPPED =
      List.of(
          "Remote*",
          "X-Remote*",
          "X-Forwarded*",
          "Forwarded*",
          "Client-Cert*",
          "Client_*",
          "Client.*",
          "X-Ssl*",
          "X-Real*",
          "X-Original*",
          "X-Rewrite*",
          "X-Postern*",
          "X_*",
          "X.*");

  private static final List<String> METHODS = List.of("X-Http-Method*", "X-Method*");

  private static final String NO_CRL =
      "Caddy reads no CRL: what is revoked stands in postern.caddy, and counts when Caddy has reloaded"
          + " it; keep postern export --watch running";

  private final Blueprint blueprint;
  private final List<String> remarks;

  CaddyConfig(Blueprint blueprint) {
    this.blueprint = blueprint;
    this.remarks = new ArrayList<>(List.of(NO_CRL));
    remarks.addAll(blueprint.commonRemarks());
  }

  Written write() {
    StringBuilder out = new StringBuilder(blueprint.heading("Caddy 2"));
    out.append(
        """
        # In the Caddyfile:   import %s
        # Caddy reads no CRL and asks no OCSP responder. Therefore the numbers of revoked certificates stand
        # below, and after %s nobody gets in any more, unless this file was
        # written anew: keep `postern export caddy --watch --exec "%s"`
        # running, and give certificates a short life (`--validity 7d`).

        """
            .formatted(blueprint.file(MAIN), blueprint.crlEnds(), ServerKind.CADDY.reload()));
    if (blueprint.revoked().size() > MANY) {
      remarks.add(
          blueprint.revoked().size()
              + " certificates are revoked, and Caddy goes through all of them for each request");
    }
    out.append(identity());
    for (ExportedSite site : blueprint.sites()) {
      out.append(site(site));
      for (Header header : site.headers()) {
        if (header == Header.CLIENT_CERT || header == Header.XFCC || header == Header.SSL_CLIENT) {
          remarks.add(
              site.host()
                  + ": of the headers, Caddy is made to write those of remote-user and forwarded only");
        }
      }
    }
    return new Written(
        MAIN, List.of(new TextFile(MAIN, out.toString())), remarks.stream().distinct().toList());
  }

  /**
   * Go prints types that it does not know as {@code OID=#DER}, last, and the text as a
   * PrintableString where that can hold it, else as UTF8String.
   */
  private static String subject(String user) {
    byte[] name = user.getBytes(StandardCharsets.US_ASCII);
    String der = HexFormat.of().toHexDigits((byte) name.length) + HexFormat.of().formatHex(name);
    return "^1 (?:[^\\x5c]|\\x5c.)*,0[.]9[.]2342[.]19200300[.]100[.]1[.]1=#(?:0c|13)" + der + "$";
  }

  private String identity() {
    StringBuilder out = new StringBuilder("(postern_identity) {\n");
    out.append("\t# Revoked, or on hold.\n");
    out.append("\tmap {http.request.tls.client.serial} {postern_good} {\n");
    blueprint.revoked().forEach(serial -> out.append("\t\t").append(serial.value()).append(" 0\n"));
    out.append("\t\tdefault 1\n\t}\n");
    out.append("\t# Enabled users: the subject's UID, as Go writes it.\n");
    out.append("\tmap \"{postern_good} {http.request.tls.client.subject}\" {postern_user} {\n");
    blueprint
        .people()
        .forEach(person -> {
          out.append("\t\t\"~").append(subject(person.name())).append("\" \"");
          out.append(person.name()).append("\"\n");
        });
    out.append("\t\tdefault \"\"\n\t}\n");
    if (blueprint.sites().stream().anyMatch(site -> site.tells(Header.FORWARDED))) {
      out.append("\tmap \"u:{postern_user}\" {postern_email} {postern_groups} {\n");
      for (Person person : blueprint.people()) {
        out.append("\t\t\"u:").append(person.name()).append("\" \"");
        out.append(person.email().map(Quoting::percent).orElse("")).append("\" \"");
        out.append(Quoting.percent(String.join(",", person.groups())).replace("%2C", ","));
        out.append("\"\n");
      }
      out.append("\t\tdefault \"\" \"\"\n\t}\n");
    }
    out.append("\t@known not vars {postern_user} \"\"\n");
    return out.append("}\n\n").toString();
  }

  private String site(ExportedSite site) {
    return """
    (postern_upstream_%1$s) {
    %2$s}

    https://%1$s:%3$d {
    %4$s\ttls %5$s %6$s {
    \t\tprotocols tls1.2 tls1.3
    %7$s\t}
    \trequest_body {
    \t\tmax_size %8$d
    \t}
    \troute {
    \t\timport postern_identity

    \t\t# The lists of revoked certificates have run out: whoever is revoked now is not known here.
    \t\t@stale expression `int({time.now.unix}) >= %9$d`
    \t\trespond @stale "The list of revoked certificates has run out; postern export writes a new one." 503

    \t\t# Two readers could read these addresses differently, so nobody gets to read them.
    \t\t@doubtful vars_regexp {http.request.orig_uri} `(?i)^%10$s`
    \t\trespond @doubtful "This address can be read in more than one way." 400

    %11$s
    \t\t@nobody expression `{http.request.tls.client.serial} == ""`
    \t\trespond @nobody "You need a certificate to enter here, and none was shown." 403
    \t\trespond "You may not enter here with this certificate." 403
    \t}
    }

    """
        .formatted(
            site.host(),
            upstream(site, blueprint),
            blueprint.listen().port(),
            blueprint
                .listen()
                .address()
                .map(address -> "\tbind " + address.getHostAddress() + "\n")
                .orElse(""),
            blueprint.file(site.certificateFile()),
            blueprint.file(site.keyFile()),
            verification(site),
            site.maxBody(),
            blueprint.crlEnds().getEpochSecond(),
            PathRegex.DOUBTFUL,
            rules(site));
  }

  private String verification(ExportedSite site) {
    if (site.asking() == Asking.NEVER) {
      return "";
    }
    return """
    \t\t# Trust begins at the issuing CA: another CA below the same root is not ours.
    \t\tclient_auth {
    \t\t\tmode %s
    \t\t\ttrusted_ca_cert_file %s
    \t\t}
    """
        .formatted(
            site.asking() == Asking.REQUIRED ? "require_and_verify" : "verify_if_given",
            blueprint.file(Blueprint.ISSUING));
  }

  /** Rule by rule: what fits in another spelling must allow, too; what fits exactly decides. */
  private static String rules(ExportedSite site) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < site.rules().size(); i++) {
      ExportedRule rule = site.rules().get(i);
      out.append("\t\t# rule ").append(i + 1).append(": ");
      out.append(Quoting.comment(rule.said())).append('\n');
      if (!rule.admitsAnyone()) {
        matcher(out, "no" + (i + 1), rule, "(?i)^" + rule.path().tolerant() + "$", "not ");
        out.append("\t\trespond @no").append(i + 1);
        out.append(" \"You may not enter here with this certificate, or without one.\" 403\n");
      }
      if (!rule.admitsNobody()) {
        matcher(out, "yes" + (i + 1), rule, "^" + rule.path().exact() + "$", "");
        out.append("\t\thandle @yes").append(i + 1);
        out.append(" {\n\t\t\timport postern_upstream_").append(site.host()).append("\n\t\t}\n");
      }
    }
    return out.toString();
  }

  private static void matcher(
      StringBuilder out, String name, ExportedRule rule, String path, String negation) {
    out.append("\t\t@").append(name).append(" {\n");
    out.append("\t\t\tvars_regexp {http.request.method} `^").append(rule.methodRegex());
    out.append("$`\n");
    out.append("\t\t\tpath_regexp `").append(path).append("`\n");
    if (rule.audience() instanceof Audience.Users(var names) && !names.isEmpty()) {
      out.append("\t\t\t").append(negation).append("vars {postern_user} ");
      out.append(names.stream().map(each -> '"' + each + '"').collect(Collectors.joining(" ")));
      out.append('\n');
    }
    out.append("\t\t}\n");
  }

  private static String upstream(ExportedSite site, Blueprint blueprint) {
    StringBuilder out = new StringBuilder("\troute {\n");
    out.append("\t\t# What clients may not tell a back end.\n");
    List<String> names = new ArrayList<>(STRIPPED);
    if (site.judgesMethods()) {
      names.addAll(METHODS);
    }
    names.forEach(name -> out.append("\t\trequest_header -").append(name).append('\n'));
    out.append(
        """
        \t\t# Headers that Connection names end at a proxy (RFC 9110 section 7.6.1), ours among them.
        \t\trequest_header -Connection
        \t\t@websocket header Upgrade websocket
        \t\trequest_header @websocket Connection Upgrade
        \t\t# Who is there.
        """);
    if (site.tells(Header.REMOTE_USER)) {
      out.append("\t\trequest_header @known Remote-User {postern_user}\n");
    }
    if (site.tells(Header.FORWARDED)) {
      out.append("\t\trequest_header @known X-Forwarded-User {postern_user}\n");
      out.append("\t\trequest_header @known X-Forwarded-Email {postern_email}\n");
      out.append("\t\trequest_header @known X-Forwarded-Groups {postern_groups}\n");
    }
    out.append("\t\treverse_proxy ").append(site.upstream().getScheme()).append("://");
    out.append(site.authority()).append(" {\n");
    out.append("\t\t\ttransport http {\n\t\t\t\tresponse_header_timeout ");
    out.append(Math.max(1, site.response().toSeconds())).append("s\n");
    if (!site.hasPlainUpstream()) {
      out.append("\t\t\t\ttls\n\t\t\t\ttls_server_name ").append(site.upstream().getHost());
      out.append('\n');
      if (site.ownUpstreamCa()) {
        out.append("\t\t\t\ttls_trusted_ca_certs ");
        out.append(blueprint.file(site.upstreamCaFile())).append('\n');
      }
    }
    return out.append("\t\t\t}\n\t\t}\n\t}\n").toString();
  }
}
