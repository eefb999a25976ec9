package dev.postern.cli.export;

import dev.postern.cli.export.ExportedRule.Audience;
import dev.postern.cli.export.ExportedSite.Asking;
import dev.postern.cli.export.Written.TextFile;
import dev.postern.config.SiteConfig.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** HAProxy 2.4 and later. One frontend knows who it is; each site is a backend with its rules. */
final class HaproxyConfig {
  private static final String MAIN = "postern.cfg";
  private static final String CERTIFICATES = "crt-list.txt";
  private static final String USERS = "users.lst";
  private static final String EMAILS = "emails.map";
  private static final String GROUPS = "groups.map";

  private final Blueprint blueprint;
  private final List<TextFile> files = new ArrayList<>();

  HaproxyConfig(Blueprint blueprint) {
    this.blueprint = blueprint;
  }

  Written write() {
    StringBuilder out = new StringBuilder(blueprint.heading("HAProxy"));
    out.append(
        """
        # Beside your own file:   haproxy -f /etc/haproxy/haproxy.cfg -f %s
        # `systemctl reload haproxy` starts a new process, which knows no old TLS session; give the old one an
        # end in your global section, or its WebSockets of revoked users live on:   hard-stop-after 30s
        # HAProxy has no limit to the depth of a chain: trust ends at the CAs in %s.

        """
            .formatted(blueprint.file(MAIN), Blueprint.AUTHORITIES));
    out.append(frontend());
    blueprint.sites().forEach(site -> out.append(backend(site)));
    file(CERTIFICATES, certificates());
    file(USERS, lines(blueprint.people().stream().map(Person::name).toList()));
    if (tells(Header.FORWARDED)) {
      file(EMAILS, map(person -> person.email().map(HaproxyConfig::value).orElse("")));
      file(GROUPS, map(person -> value(String.join(",", person.groups()))));
    }
    file(MAIN, out.toString());
    return new Written(MAIN, files, blueprint.commonRemarks());
  }

  private void file(String name, String content) {
    files.add(new TextFile(name, content));
  }

  private boolean tells(Header header) {
    return blueprint.sites().stream().anyMatch(site -> site.tells(header));
  }

  private static String value(String text) {
    return Quoting.percent(text).replace("%2C", ",");
  }

  private interface Value {
    String of(Person person);
  }

  private String map(Value value) {
    return blueprint.people().stream()
        .filter(person -> !value.of(person).isEmpty())
        .map(person -> person.name() + " " + value.of(person) + "\n")
        .collect(Collectors.joining());
  }

  private static String lines(List<String> names) {
    return names.stream().map(name -> name + "\n").collect(Collectors.joining());
  }

  /** Per host: its certificate, and whether the handshake asks for one. */
  private String certificates() {
    StringBuilder out = new StringBuilder();
    for (ExportedSite site : blueprint.sites()) {
      out.append(blueprint.file(site.certificateFile()));
      if (site.asking() != Asking.NEVER) {
        out.append(" [ca-file ").append(blueprint.file(Blueprint.AUTHORITIES));
        out.append(" crl-file ").append(blueprint.file(Blueprint.CRL));
        out.append(" verify ");
        out.append(site.asking() == Asking.REQUIRED ? "required]" : "optional]");
      }
      out.append(' ').append(site.host()).append('\n');
    }
    return out.toString();
  }

  private String frontend() {
    return """
    frontend postern
      mode http
      bind %s ssl crt-list %s alpn h2,http/1.1 ssl-min-ver TLSv1.2 no-tls-tickets strict-sni ciphers ECDHE+AESGCM:ECDHE+CHACHA20
      timeout client 75s
      timeout http-request 15s

      # The host of the handshake is the host of the request, since each has its own rules.
      http-request set-var(txn.host) req.hdr(host),host_only,lower
      http-request return status 421 content-type text/plain string "Another host was asked for in the handshake.\\n" unless { ssl_fc_sni,lower,strcmp(txn.host) eq 0 }

      # Two readers could read these addresses differently, so nobody gets to read them.
      http-request return status 400 content-type text/plain string "This address can be read in more than one way.\\n" if { pathq -m reg -i '^%s' }

      # The user is the subject's UID, in certificates of our issuing CA alone (another CA below the same root
      # is not ours), and only of enabled users.
      acl postern_ours ssl_c_i_dn(,0,rfc2253) -m reg '^%s$'
      http-request set-var(txn.user) ssl_c_s_dn(UID,1) if { ssl_c_used } { ssl_c_verify 0 } postern_ours !{ ssl_c_s_dn(UID,2) -m found } { ssl_c_s_dn(UID,1) -m str -f %s }

      # What clients may not tell a back end.
      http-request del-header '^(?i:%s)$' -m reg
      http-request set-header X-Forwarded-For %%[src]
      http-request set-header X-Forwarded-Proto https
      http-request set-header X-Forwarded-Host %%[req.hdr(host)]

    %s
    """
        .formatted(
            blueprint.address("").replaceFirst("^:", "*:"),
            blueprint.file(CERTIFICATES),
            PathRegex.DOUBTFUL,
            Quoting.regex(blueprint.issuer().ascii()),
            blueprint.file(USERS),
            StrippedHeaders.ANY_SPELLING,
            blueprint.sites().stream()
                .map(site ->
                    "  use_backend postern_%1$s if { var(txn.host) -m str %1$s }\n"
                        .formatted(site.host()))
                .collect(Collectors.joining()));
  }

  /**
   * Rule by rule: the door is open to question until one fits exactly; what fits in another
   * spelling must allow, too.
   */
  private String backend(ExportedSite site) {
    StringBuilder out = new StringBuilder("backend postern_" + site.host() + "\n");
    line(out, "mode http");
    line(out, "timeout connect 5s");
    line(out, "timeout server " + Math.max(1, site.response().toSeconds()) + "s");
    line(out, "timeout tunnel 10m");
    line(out, "http-request set-var(txn.path) path,url_dec");
    line(out, "http-request set-var(txn.door) str(open)");
    line(out, "acl open var(txn.door) -m str open");
    for (int i = 0; i < site.rules().size(); i++) {
      rule(out, site, i + 1);
    }
    out.append('\n');
    String refusal = "http-request return status 403 content-type text/plain string ";
    line(
        out,
        refusal
            + "\"You need a certificate to enter here, and none was shown.\\n\""
            + " if !{ var(txn.door) -m str yes } !{ ssl_c_used }");
    line(
        out,
        refusal
            + "\"You may not enter here with this certificate.\\n\""
            + " if !{ var(txn.door) -m str yes }");
    line(
        out,
        "http-request return status 413 content-type text/plain string \"Too large.\\n\" if {"
            + " req.body_size gt "
            + site.maxBody()
            + " }");
    out.append('\n');
    identity(out, site);
    if (site.judgesMethods()) {
      line(
          out,
          "http-request del-header '^(?i:x.http.method(.override)?|x.method.override)$' -m reg");
    }
    line(out, "server upstream " + site.authority() + tls(site));
    return out.append('\n').toString();
  }

  private void rule(StringBuilder out, ExportedSite site, int number) {
    ExportedRule rule = site.rules().get(number - 1);
    out.append('\n');
    line(out, "# rule " + number + ": " + Quoting.comment(rule.said()));
    String who = "who_" + number;
    if (rule.audience() instanceof Audience.Users(var names) && !names.isEmpty()) {
      String list = site.host() + "." + number + ".lst";
      file(list, lines(List.copyOf(names)));
      line(out, "acl " + who + " var(txn.user) -m str -f " + blueprint.file(list));
    }
    String fits =
        " if open { method -m reg '^" + rule.methodRegex() + "$' } { var(txn.path) -m reg ";
    if (!rule.admitsAnyone()) {
      String refused = rule.admitsNobody() ? "" : " !" + who;
      line(
          out,
          "http-request set-var(txn.door) str(no)"
              + fits
              + "-i '^"
              + rule.path().tolerant()
              + "$' }"
              + refused);
    }
    if (!rule.admitsNobody()) {
      String allowed = rule.admitsAnyone() ? "" : " " + who;
      line(
          out,
          "http-request set-var(txn.door) str(yes)"
              + fits
              + "'^"
              + rule.path().exact()
              + "$' }"
              + allowed);
    }
  }

  private void identity(StringBuilder out, ExportedSite site) {
    line(out, "# Who is there.");
    String known = " if { var(txn.user) -m found }";
    if (site.tells(Header.REMOTE_USER)) {
      set(out, "Remote-User %[var(txn.user)]", known);
    }
    if (site.tells(Header.FORWARDED)) {
      set(out, "X-Forwarded-User %[var(txn.user)]", known);
      set(out, "X-Forwarded-Email %[var(txn.user),map_str(" + blueprint.file(EMAILS) + ")]", known);
      set(
          out,
          "X-Forwarded-Groups %[var(txn.user),map_str(" + blueprint.file(GROUPS) + ")]",
          known);
    }
    if (site.tells(Header.CLIENT_CERT)) {
      set(out, "Client-Cert :%[ssl_c_der,base64]:", known);
    }
    if (site.tells(Header.XFCC)) {
      set(out, "X-Forwarded-Client-Cert Hash=%[ssl_c_der,sha2(256),hex,lower]", known);
    }
    if (site.tells(Header.SSL_CLIENT)) {
      set(out, "X-SSL-Client-Verify SUCCESS", known);
      set(out, "X-SSL-Client-S-DN %[ssl_c_s_dn(,0,rfc2253)]", known);
      set(out, "X-SSL-Client-I-DN %[ssl_c_i_dn(,0,rfc2253)]", known);
      set(out, "X-SSL-Client-Serial %[ssl_c_serial,hex]", known);
      set(out, "X-SSL-Client-Fingerprint %[ssl_c_sha1,hex,lower]", known);
    }
  }

  private static void set(StringBuilder out, String header, String known) {
    line(out, "http-request set-header " + header + known);
  }

  private String tls(ExportedSite site) {
    if (site.hasPlainUpstream()) {
      return "";
    }
    String host = site.upstream().getHost();
    String roots =
        site.ownUpstreamCa()
            ? blueprint.file(site.upstreamCaFile())
            : "/etc/ssl/certs/ca-certificates.crt";
    return " ssl verify required verifyhost %s sni str(%s) ca-file %s".formatted(host, host, roots);
  }

  private static void line(StringBuilder out, String directive) {
    out.append("  ").append(directive).append('\n');
  }
}
