package dev.postern.config;

import dev.postern.access.Rule;
import dev.postern.config.SiteConfig.CertificateFiles;
import dev.postern.config.SiteConfig.Header;
import dev.postern.config.SiteConfig.Notice;
import dev.postern.config.SiteConfig.Posture;
import dev.postern.config.SiteConfig.Timeouts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one entry of {@code sites}. */
final class Sites {
  /** Nobody streams more in one request. */
  static final Value.Format<Long> BODY_SIZE = Formats.size(1, 1L << 50);

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(7);

  private static final Map<String, Posture> POSTURES = postures();
  private static final Map<String, Header> HEADERS = headers();
  private static final Map<String, Set<Notice>> NOTICES = notices();

  private Sites() {}

  static Optional<SiteConfig> read(Section section, PosternConfig.Limits limits) {
    Optional<String> host = section.required("host", Formats::hostName);
    Optional<URI> upstream = section.required("upstream", Formats::upstream);
    Posture posture = section.or("posture", Formats.word(POSTURES), Posture.WANT);
    Set<Header> headers =
        section.find("headers").isPresent()
            ? Set.copyOf(section.list("headers", Formats.word(HEADERS)))
            : Set.of(Header.REMOTE_USER);
    List<Rule> rules = Rules.read(section, posture);
    Set<Notice> expiry = section.or("expiry", Formats.word(NOTICES), Set.of());
    if (!expiry.isEmpty() && posture == Posture.NEVER) {
      section.problem("expiry", "needs a posture that asks for certificates");
    }
    long maxBody = section.or("max-body", BODY_SIZE, limits.maxBody());
    Timeouts timeouts = timeouts(section.section("timeouts"));
    Optional<CertificateFiles> certificate = certificate(section);
    Optional<Path> upstreamCa =
        section.find("upstream-ca").flatMap(file -> file.file(FileCheck.Kind.CERTIFICATES));
    if (upstreamCa.isPresent() && upstream.filter(each -> !isTls(each)).isPresent()) {
      section.problem("upstream-ca", "needs an https:// upstream");
    }
    section.close();
    if (host.isEmpty() || upstream.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new SiteConfig(
            host.get(),
            upstream.get(),
            posture,
            headers,
            rules,
            expiry,
            maxBody,
            timeouts,
            certificate,
            upstreamCa));
  }

  private static boolean isTls(URI upstream) {
    return "https".equals(upstream.getScheme());
  }

  private static Timeouts timeouts(Section section) {
    Value.Format<Duration> format = Formats.duration(SHORTEST, LONGEST);
    Timeouts timeouts =
        new Timeouts(
            section.or("connect", format, Duration.ofSeconds(5)),
            section.or("response", format, Duration.ofSeconds(60)),
            section.or("idle", format, Duration.ofMinutes(10)));
    section.close();
    return timeouts;
  }

  /** Key {@code certificate}: a certificate from elsewhere. */
  static Optional<CertificateFiles> certificate(Section section) {
    return section.find("certificate").flatMap(Value::section).flatMap(Sites::files);
  }

  private static Optional<CertificateFiles> files(Section section) {
    Optional<Path> chain =
        section.require("chain").flatMap(file -> file.file(FileCheck.Kind.CERTIFICATES));
    Optional<Path> key = section.require("key").flatMap(file -> file.file(FileCheck.Kind.KEY));
    section.close();
    return chain.isPresent() && key.isPresent()
        ? Optional.of(new CertificateFiles(chain.get(), key.get()))
        : Optional.empty();
  }

  private static Map<String, Posture> postures() {
    Map<String, Posture> words = new LinkedHashMap<>();
    words.put("want", Posture.WANT);
    words.put("strict", Posture.STRICT);
    words.put("never", Posture.NEVER);
    return words;
  }

  private static Map<String, Set<Notice>> notices() {
    Map<String, Set<Notice>> words = new LinkedHashMap<>();
    words.put("off", Set.of());
    words.put("header", Set.of(Notice.HEADER));
    words.put("page", Set.of(Notice.PAGE));
    words.put("both", Set.of(Notice.values()));
    return words;
  }

  private static Map<String, Header> headers() {
    Map<String, Header> words = new LinkedHashMap<>();
    words.put("remote-user", Header.REMOTE_USER);
    words.put("forwarded", Header.FORWARDED);
    words.put("client-cert", Header.CLIENT_CERT);
    words.put("xfcc", Header.XFCC);
    words.put("ssl-client", Header.SSL_CLIENT);
    return words;
  }
}
