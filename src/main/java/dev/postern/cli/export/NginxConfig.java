package dev.postern.cli.export;

import dev.postern.cli.export.ExportedRule.Audience;
import dev.postern.cli.export.ExportedSite.Asking;
import dev.postern.cli.export.Written.TextFile;
import dev.postern.config.SiteConfig.Header;
import java.util.ArrayList;
import java.util.List;

/**
 * nginx. Who it is and whether a rule lets them in are maps, one from the other; the server blocks
 * ask the last one.
 */
final class NginxConfig {
  private static final String MAIN = "postern.conf";

  /** nginx makes 64 of its own of it: a key that is longer needs larger buckets. */
  private static final int LONGEST_KEY = 40;

  private final Blueprint blueprint;
  private final List<String> remarks;

  NginxConfig(Blueprint blueprint) {
    this.blueprint = blueprint;
    this.remarks = new ArrayList<>(blueprint.commonRemarks());
  }

  Written write() {
    StringBuilder out = new StringBuilder(blueprint.heading("nginx"));
    out.append("# In nginx.conf, inside http { }:   include ")
        .append(blueprint.file(MAIN))
        .append(";\n\n");
    if (blueprint.listen().address().isEmpty()) {
      out.append("# (For IPv6, add to each server:   listen [::]:");
      out.append(blueprint.listen().port()).append(" ssl http2;)\n\n");
    }
    out.append(identity());
    for (int i = 0; i < blueprint.sites().size(); i++) {
      ExportedSite site = blueprint.sites().get(i);
      out.append(rules(site, i + 1)).append(server(site, i + 1));
      for (Header header : site.headers()) {
        if (header == Header.CLIENT_CERT || header == Header.XFCC) {
          remarks.add(site.host() + ": nginx cannot write the headers of " + word(header));
        }
      }
    }
    return new Written(MAIN, List.of(new TextFile(MAIN, out.toString())), remarks);
  }

  private static String word(Header header) {
    return header == Header.XFCC ? "xfcc" : "client-cert";
  }

  private String identity() {
    StringBuilder out = new StringBuilder();
    if (blueprint.people().stream().anyMatch(each -> each.name().length() > LONGEST_KEY)) {
      out.append("map_hash_bucket_size 256;   # there are long names\n\n");
    }
    out.append(
        """
        # Certificates of our issuing CA alone: another CA below the same root is not ours.
        map "$ssl_client_verify $ssl_client_i_dn" $postern_ours {
          default 0;
          %s 1;
        }

        # The user is the subject's UID. The expression reads the whole name, attribute by attribute: commas in
        # values stand behind a backslash (RFC 2253), so a common name with ",UID=root" in it is only that.
        map "$postern_ours $ssl_client_s_dn" $postern_uid {
          default "";
          %s $postern_u;
        }

        # Enabled users. (The "u:" keeps names apart from nginx's own words, like default.)
        map "u:$postern_uid" $postern_user {
          default "";
        %s}

        """
            .formatted(
                Quoting.nginx("~^SUCCESS " + Quoting.regex(blueprint.issuer().ascii()) + "\\z"),
                Quoting.nginx(subject()),
                lines(blueprint.people(), person -> quoted(person.name()))));
    if (tells(Header.FORWARDED)) {
      out.append(forwarded());
    }
    out.append(
        """
        # Two readers could read these addresses differently, so nobody gets to read them.
        map $request_uri $postern_doubtful {
          default 0;
          %s 1;
        }

        map $ssl_client_verify $postern_why {
          default "You may not enter here with this certificate.\\n";
          NONE "You need a certificate to enter here, and none was shown.\\n";
        }

        map $http_upgrade $postern_connection {
          default upgrade;
          "" "";
        }

        """
            .formatted(Quoting.nginx("~*^" + PathRegex.DOUBTFUL)));
    return out.toString();
  }

  private static String subject() {
    String attribute = "(?!UID=)[A-Za-z0-9.]+=(?:[^\\\\,+]|\\\\.)*";
    return "~^1 (?:"
        + attribute
        + "[,+])*UID=(?<postern_u>[A-Za-z0-9._@-]{1,64})(?:[,+]"
        + attribute
        + ")*\\z";
  }

  private boolean tells(Header header) {
    return blueprint.sites().stream().anyMatch(site -> site.tells(header));
  }

  private String forwarded() {
    return """
    map "u:$postern_user" $postern_email {
      default "";
    %s}

    map "u:$postern_user" $postern_groups {
      default "";
    %s}

    """
        .formatted(
            lines(blueprint.people(), person -> person.email().map(NginxConfig::quoted).orElse("")),
            lines(
                blueprint.people(),
                person ->
                    person.groups().isEmpty() ? "" : quoted(String.join(",", person.groups()))));
  }

  private interface Value {
    String of(Person person);
  }

  private static String lines(List<Person> people, Value value) {
    StringBuilder out = new StringBuilder();
    for (Person person : people) {
      String text = value.of(person);
      if (!text.isEmpty()) {
        out.append("  \"u:").append(person.name()).append("\" ").append(text).append(";\n");
      }
    }
    return out.toString();
  }

  /** A comma and percent signs are the only special characters that are left. */
  private static String quoted(String text) {
    return "\"" + Quoting.percent(text).replace("%2C", ",") + "\"";
  }

  /** Rule by rule: open until one fits exactly; what fits in another spelling must allow, too. */
  private String rules(ExportedSite site, int number) {
    StringBuilder out = new StringBuilder("# ---- " + site.host() + " ----\n\n");
    String before = "open";
    for (int i = 0; i < site.rules().size(); i++) {
      ExportedRule rule = site.rules().get(i);
      String state = "$postern_" + number + "_" + (i + 1);
      String who = rule.admitsAnyone() ? "1" : rule.admitsNobody() ? "0" : state + "_who";
      out.append("# rule ").append(i + 1).append(": ");
      out.append(Quoting.comment(rule.said())).append('\n');
      if (rule.audience() instanceof Audience.Users(var names) && !names.isEmpty()) {
        out.append("map \"u:$postern_user\" ").append(who).append(" {\n  default 0;\n");
        names.forEach(name -> out.append("  \"u:").append(name).append("\" 1;\n"));
        out.append("}\n");
      }
      String request = rule.methodRegex() + " ";
      out.append(
          """
          map "%s %s $request_method $uri" %s {
            default %s;
            %s no;
            %s yes;
          }

          """
              .formatted(
                  before,
                  who,
                  state,
                  before,
                  Quoting.nginx("~*^open 0 " + request + rule.path().tolerant() + "\\z"),
                  Quoting.nginx("~^open 1 " + request + rule.path().exact() + "\\z")));
      before = state;
    }
    return out.toString();
  }

  private String server(ExportedSite site, int number) {
    return """
    server {
      listen %s ssl http2;
      server_name %s;
      ssl_certificate %s;
      ssl_certificate_key %s;
      ssl_protocols TLSv1.2 TLSv1.3;
      ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
      ssl_prefer_server_ciphers off;
      # nginx does not look at the CRL again when a session is resumed; so none is.
      ssl_session_tickets off;
      ssl_session_cache off;

    %s
      if ($host != %s) { return 421 "Another host lives here.\n"; }
      if ($postern_doubtful) { return 400 "This address can be read in more than one way.\\n"; }
      if (%s != yes) { return 403 $postern_why; }

    %s}

    """
        .formatted(
            blueprint.address("*").replaceFirst("^\\*:", ""),
            site.host(),
            blueprint.file(site.certificateFile()),
            blueprint.file(site.keyFile()),
            verification(site),
            site.host(),
            site.rules().isEmpty() ? "no" : "$postern_" + number + "_" + site.rules().size(),
            relay(site));
  }

  private String verification(ExportedSite site) {
    if (site.asking() == Asking.NEVER) {
      return "  ssl_verify_client off;   # posture: never\n";
    }
    return """
      ssl_client_certificate %s;
      ssl_crl %s;
      ssl_verify_client %s;
      ssl_verify_depth %d;   # CAs between a user's certificate and the root
    %s
      # 495: the certificate is expired, revoked, of another CA, or its CRL has run out. 496: there is none.
      error_page 495 496 = @postern_certificate;
      location @postern_certificate {
        default_type text/plain;
        return 403 "$postern_why$ssl_client_verify\\n";
      }

      default_type text/plain;
    """
        .formatted(
            blueprint.file(Blueprint.AUTHORITIES),
            blueprint.file(Blueprint.CRL),
            site.asking() == Asking.REQUIRED ? "on" : "optional",
            Math.max(1, blueprint.casAbove()),
            ocsp());
  }

  private String ocsp() {
    return blueprint
        .ocsp()
        .map(address -> {
          boolean literal = address.getHost().matches("[0-9.]+|\\[.*");
          if (!literal) {
            remarks.add(
                "nginx looks the responder "
                    + address.getHost()
                    + " up by itself: name a resolver");
          }
          return """
            # Besides the CRL, which may be some time old: ask for each new connection.
            ssl_ocsp leaf;
            ssl_ocsp_responder %s;
          """
                  .formatted(address)
              + (literal ? "" : "  # resolver 127.0.0.53;\n");
        })
        .orElse("");
  }

  private String relay(ExportedSite site) {
    StringBuilder out = new StringBuilder("  location / {\n");
    String scheme = site.upstream().getScheme();
    line(out, "proxy_pass " + scheme + "://" + site.authority());
    if (!site.hasPlainUpstream()) {
      line(out, "proxy_ssl_verify on");
      line(out, "proxy_ssl_verify_depth 5");
      line(out, "proxy_ssl_server_name on");
      line(out, "proxy_ssl_name " + site.upstream().getHost());
      line(
          out,
          "proxy_ssl_trusted_certificate "
              + (site.ownUpstreamCa()
                  ? blueprint.file(site.upstreamCaFile())
                  : "/etc/ssl/certs/ca-certificates.crt"));
    }
    line(out, "proxy_http_version 1.1");
    line(out, "proxy_request_buffering off");
    line(out, "proxy_buffering off");
    line(out, "client_max_body_size " + site.maxBody());
    line(out, "proxy_read_timeout " + Math.max(1, site.response().toSeconds()) + "s");
    line(out, "proxy_set_header Upgrade $http_upgrade");
    line(out, "proxy_set_header Connection $postern_connection");
    line(out, "proxy_set_header Host $http_host");
    line(out, "proxy_set_header X-Forwarded-For $remote_addr");
    line(out, "proxy_set_header X-Forwarded-Proto https");
    line(out, "proxy_set_header X-Forwarded-Host $http_host");
    out.append(
        "    # Who is there. An empty value takes away what a client sends under the name.\n");
    if (site.tells(Header.REMOTE_USER)) {
      line(out, "proxy_set_header Remote-User $postern_user");
    }
    if (site.tells(Header.FORWARDED)) {
      line(out, "proxy_set_header X-Forwarded-User $postern_user");
      line(out, "proxy_set_header X-Forwarded-Email $postern_email");
      line(out, "proxy_set_header X-Forwarded-Groups $postern_groups");
    }
    if (site.tells(Header.SSL_CLIENT)) {
      line(out, "proxy_set_header X-SSL-Client-Verify $ssl_client_verify");
      line(out, "proxy_set_header X-SSL-Client-S-DN $ssl_client_s_dn");
      line(out, "proxy_set_header X-SSL-Client-I-DN $ssl_client_i_dn");
      line(out, "proxy_set_header X-SSL-Client-Serial $ssl_client_serial");
      line(out, "proxy_set_header X-SSL-Client-Fingerprint $ssl_client_fingerprint");
      line(out, "proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert");
    }
    for (String name : StrippedHeaders.beside(site)) {
      line(out, "proxy_set_header " + name + " \"\"");
    }
    return out.append("  }\n").toString();
  }

  private static void line(StringBuilder out, String directive) {
    out.append("    ").append(directive).append(";\n");
  }
}
