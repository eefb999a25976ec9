package dev.postern.config;

import dev.postern.config.PosternConfig.AccessLog;
import dev.postern.config.PosternConfig.Limits;
import dev.postern.config.PosternConfig.Listen;
import dev.postern.config.PosternConfig.Timeouts;
import dev.postern.config.PosternConfig.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the keys at the top of the file, and what must hold between them. */
final class Top {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int FEWEST_CONNECTIONS = 16;
  private static final int MOST_CONNECTIONS = 10_000_000;

  private Top() {}

  static Optional<PosternConfig> read(Section top, Path folder) {
    Optional<String> name = top.required("name", Formats.line(64));
    Optional<String> domain = top.required("domain", Formats::hostName);
    Path data = top.or("data", Formats.path(folder), folder.resolve("postern-data").normalize());
    Listen listen = listen(top.section("listen"));
    Limits limits = limits(top.section("limits"));
    List<SiteConfig> sites = sites(top, limits);
    boolean complete = sites.size() == top.find("sites").map(Value::items).orElse(List.of()).size();
    Tls tls = tls(top.section("tls"), complete ? Optional.of(sites) : Optional.empty());
    List<TrustConfig> trust = trust(top, folder);
    PublishConfig publish = Publishes.read(top.section("publish"), domain, listen);
    PagesConfig pages = OwnPages.read(top.section("pages"), domain, listen, sites);
    Optional<MailConfig> mail =
        top.find("mail").flatMap(Value::section).flatMap(section -> Mails.read(section, folder));
    Timeouts timeouts = timeouts(top.section("timeouts"));
    AccessLog accessLog =
        top.or("access-log", text -> accessLog(text, folder), new AccessLog.Stdout());
    top.close();
    if (name.isEmpty() || domain.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PosternConfig(
            name.get(),
            domain.get(),
            data,
            listen,
            tls,
            sites,
            trust,
            publish,
            pages,
            mail,
            limits,
            timeouts,
            accessLog));
  }

  private static Listen listen(Section section) {
    ListenAddress https = section.or("https", ListenAddress::parse, ListenAddress.everywhere(8443));
    Value.Format<Optional<ListenAddress>> orOff =
        text -> text.equals("off") ? Optional.empty() : Optional.of(ListenAddress.parse(text));
    Optional<ListenAddress> http =
        section.or("http", orOff, Optional.of(ListenAddress.everywhere(8080)));
    Optional<ListenAddress> status = section.or("status", orOff, Optional.empty());
    for (Optional<ListenAddress> other : List.of(Optional.of(https), http)) {
      if (status.isPresent()
          && status.get().port() != 0
          && other.map(ListenAddress::port).equals(status.map(ListenAddress::port))) {
        section.problem("status", "is the port of another; it needs its own");
      }
    }
    if (https.port() != 0 && http.isPresent() && http.get().port() == https.port()) {
      section.problem("http", "is the port of https; one of them needs another");
    }
    section.close();
    return new Listen(https, http, status);
  }

  /** Without {@code sites}, since some have problems, the default host is not looked for. */
  private static Tls tls(Section section, Optional<List<SiteConfig>> sites) {
    Map<String, Tls.Engine> engines = new LinkedHashMap<>();
    engines.put("boringssl", Tls.Engine.BORINGSSL);
    engines.put("jdk", Tls.Engine.JDK);
    Map<String, Tls.Version> versions = new LinkedHashMap<>();
    versions.put("1.2", Tls.Version.TLS_1_2);
    versions.put("1.3", Tls.Version.TLS_1_3);
    Optional<String> defaultHost = section.optional("default-host", Formats::hostName);
    if (defaultHost.isPresent()
        && sites.isPresent()
        && sites.get().stream().noneMatch(site -> site.host().equals(defaultHost.get()))) {
      section.problem("default-host", "is none of the sites: " + defaultHost.get());
    }
    Tls tls =
        new Tls(
            section.or("engine", Formats.word(engines), Tls.Engine.BORINGSSL),
            section.or("min", Formats.word(versions), Tls.Version.TLS_1_2),
            defaultHost);
    section.close();
    return tls;
  }

  private static Limits limits(Section section) {
    Limits limits =
        new Limits(
            section.or("max-body", Sites.BODY_SIZE, 16L << 30),
            section.optional("connections", Formats.number(FEWEST_CONNECTIONS, MOST_CONNECTIONS)));
    section.close();
    return limits;
  }

  private static Timeouts timeouts(Section section) {
    Value.Format<Duration> format = Formats.duration(SHORTEST, LONGEST);
    Timeouts timeouts =
        new Timeouts(
            section.or("handshake", format, Duration.ofSeconds(10)),
            section.or("header", format, Duration.ofSeconds(15)),
            section.or("idle", format, Duration.ofSeconds(75)),
            section.or("body", format, Duration.ofSeconds(30)),
            section.or("drain", format, Duration.ofSeconds(20)));
    section.close();
    return timeouts;
  }

  private static AccessLog accessLog(String text, Path folder) {
    return switch (text) {
      case "stdout" -> new AccessLog.Stdout();
      case "off" -> new AccessLog.Off();
      default -> new AccessLog.File(Formats.path(folder).parse(text));
    };
  }

  private static List<SiteConfig> sites(Section top, Limits limits) {
    List<SiteConfig> sites = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Value item : top.find("sites").map(Value::items).orElse(List.of())) {
      item.section()
          .flatMap(section -> {
            Optional<SiteConfig> site = Sites.read(section, limits);
            site.ifPresent(read -> unique(section, "host", read.host(), lines));
            return site;
          })
          .ifPresent(sites::add);
    }
    return sites;
  }

  private static List<TrustConfig> trust(Section top, Path folder) {
    List<TrustConfig> trust = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Value item : top.find("trust").map(Value::items).orElse(List.of())) {
      item.section()
          .flatMap(section -> {
            Optional<TrustConfig> read = Trusts.read(section, folder);
            read.ifPresent(each -> unique(section, "name", each.name(), lines));
            return read;
          })
          .ifPresent(trust::add);
    }
    return trust;
  }

  private static void unique(
      Section section, String key, String value, Map<String, Integer> lines) {
    Integer first = lines.putIfAbsent(value, section.line());
    if (first != null) {
      section.problem(key, value + " stands in line " + first + " already");
    }
  }
}
