package dev.postern.config;

import dev.postern.config.PosternConfig.Listen;
import dev.postern.ledger.Invitations;
import dev.postern.x509.KeyAlgorithm;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code pages}. */
final class OwnPages {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST_GRACE = Duration.ofDays(90);

  /** What WebCrypto makes in every browser and every importer reads. */
  private static final Map<String, KeyAlgorithm> KEYS = new LinkedHashMap<>();

  static {
    KEYS.put("p256", KeyAlgorithm.P256);
    KEYS.put("rsa2048", KeyAlgorithm.RSA_2048);
  }

  private OwnPages() {}

  static PagesConfig read(
      Section section, Optional<String> domain, Listen listen, List<SiteConfig> sites) {
    Map<String, Boolean> switches = new LinkedHashMap<>();
    switches.put("on", true);
    switches.put("off", false);
    var pages =
        new PagesConfig(
            host(section, "enrol", domain),
            host(section, "me", domain),
            host(section, "admin", domain),
            section.or("port", OwnPages::port, listen.https().port()),
            section.or("phone", Formats.word(switches), true),
            section.or(
                "invitation",
                Formats.duration(SHORTEST, Invitations.LONGEST),
                Duration.ofHours(24)),
            section.or("grace", OwnPages::grace, Duration.ZERO),
            section.optional("contact", OwnPages::contact),
            section.or("key", Formats.word(KEYS), KeyAlgorithm.P256),
            Sites.certificate(section));
    section.close();
    unique(section, pages, sites);
    if (domain.isPresent() && !pages.renews()) {
      withoutRenewal(section, pages, sites);
    }
    return pages;
  }

  /** What promises people that they can renew. */
  private static void withoutRenewal(Section section, PagesConfig pages, List<SiteConfig> sites) {
    String needed = "the pages me and enrol, where people renew, and one of them is off";
    if (pages.grace().isPositive()) {
      section.problem("grace", "needs " + needed);
    }
    sites.stream()
        .filter(site -> site.expiry().contains(SiteConfig.Notice.PAGE))
        .forEach(site ->
            section.problem(
                pages.me().isEmpty() ? "me" : "enrol",
                "the page that site " + site.host() + " wants by its key expiry needs " + needed));
  }

  /** {@code off}, {@code 0}, or a duration. */
  private static Duration grace(String text) {
    return text.equals("off") || text.equals("0")
        ? Duration.ZERO
        : Formats.duration(Duration.ZERO, LONGEST_GRACE).parse(text);
  }

  private static Optional<String> host(Section section, String key, Optional<String> domain) {
    return section.or(
        key,
        text -> text.equals("off") ? Optional.empty() : Optional.of(Formats.hostName(text)),
        domain.map(name -> key + "." + name));
  }

  private static void unique(Section section, PagesConfig pages, List<SiteConfig> sites) {
    Map<String, String> taken = new HashMap<>();
    sites.forEach(site -> taken.put(site.host(), "one of the sites"));
    Map<String, Optional<String>> own = new LinkedHashMap<>();
    own.put("enrol", pages.enrol());
    own.put("me", pages.me());
    own.put("admin", pages.admin());
    own.forEach((key, host) ->
        host.ifPresent(name -> {
          String before = taken.putIfAbsent(name, "pages." + key);
          if (before != null) {
            section.problem(
                key, name + " is " + before + " already; name another, or say " + key + ": off");
          }
        }));
  }

  /** An address for mail, or one for a browser. */
  private static String contact(String text) {
    try {
      URI uri = new URI(text.contains(":") ? text : "mailto:" + text);
      boolean mail = "mailto".equals(uri.getScheme()) && text.matches("(mailto:)?[^@?]+@[^@?]+");
      boolean page = "https".equals(uri.getScheme()) && uri.getHost() != null;
      if (mail || page) {
        return uri.toString();
      }
    } catch (URISyntaxException e) {
      // the same advice helps
    }
    throw new IllegalArgumentException(
        "people are sent to an e-mail address or an https:// page, not to " + text);
  }

  private static int port(String text) {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new IllegalArgumentException("expected a port from 1 to 65535, not " + text);
  }
}
