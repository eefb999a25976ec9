package dev.postern.cli;

import dev.postern.access.Doorkeeper;
import dev.postern.access.Latecomers;
import dev.postern.access.Trust;
import dev.postern.config.PosternConfig;
import dev.postern.config.SiteConfig;
import dev.postern.gateway.GatewayConfig;
import dev.postern.gateway.GatewayState;
import dev.postern.gateway.IdentityHeaders;
import dev.postern.gateway.Notice;
import dev.postern.gateway.Site;
import dev.postern.gateway.Upstream;
import dev.postern.keys.TlsIdentity;
import dev.postern.web.Posture;
import dev.postern.web.TlsEngine;
import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

/**
 * The file's records become the rooms' own: sites, limits, with the certificates and keys they
 * name.
 */
final class Assembly {
  private final Workspace workspace;
  private final ServerCertificates certificates;
  private final OwnSites ownSites;

  /** {@code follow} brings the gateway up to the ledger. */
  Assembly(Workspace workspace, ConsoleWiring console, Runnable follow) {
    this.workspace = workspace;
    this.certificates = new ServerCertificates(workspace);
    this.ownSites = new OwnSites(workspace, certificates, console, follow);
  }

  /** Everything a gateway swaps at once. */
  GatewayState state(PosternConfig config, Trust trust, Doorkeeper doorkeeper) {
    List<Site> sites = new ArrayList<>(config.sites().stream().map(this::site).toList());
    sites.addAll(ownSites.of(config));
    if (sites.isEmpty()) {
      throw CommandFailure.usage(
          workspace.configFile() + ": there are no sites in it, so there is nothing to serve");
    }
    String defaultHost = config.tls().defaultHost().orElse(sites.getFirst().host());
    return new GatewayState(
        sites, defaultHost, doorkeeper, GatewayState.authoritiesOf(trust), OwnSites.ways(config));
  }

  private Site site(SiteConfig site) {
    List<Certificate> roots = site.upstreamCa().map(InputFile::certificates).orElse(List.of());
    var destination =
        new Site.Destination.Relayed(Upstream.parse(site.upstream().toString(), roots));
    Set<IdentityHeaders> headers =
        site.headers().stream().map(Assembly::headers).collect(Collectors.toSet());
    var limits =
        new Site.Limits(
            site.maxBody(),
            site.timeouts().connect(),
            site.timeouts().response(),
            site.timeouts().idle());
    return new Site(
        site.host(),
        identity(site),
        posture(site.posture()),
        site.rules(),
        destination,
        headers,
        limits,
        new Site.Expiry(
            site.expiry().stream().map(Assembly::notice).collect(Collectors.toSet()),
            Latecomers.REFUSED));
  }

  private KeyManagerFactory identity(SiteConfig site) {
    return site.certificate()
        .map(workspace::identity)
        .map(TlsIdentity::keyManagerFactory)
        .orElseGet(() -> certificates.identity(site.host()));
  }

  /** Whether a certificate of ours is missing or old. */
  boolean certificatesAreDue(PosternConfig config) {
    return Stream.concat(
            config.sites().stream()
                .filter(site -> site.certificate().isEmpty())
                .map(SiteConfig::host),
            config.pages().certificate().isEmpty()
                ? config.pages().hosts().stream()
                : Stream.<String>empty())
        .anyMatch(certificates::isDue);
  }

  /** The certificates of ours that hosts show, by host. */
  Map<String, Certificate> ownCertificates() {
    return certificates.known();
  }

  /** What is fixed while the gateway runs. */
  static GatewayConfig gateway(PosternConfig config) {
    var timeouts = config.timeouts();
    GatewayConfig gateway =
        GatewayConfig.of(config.listen().https().socket())
            .withEngine(
                switch (config.tls().engine()) {
                  case BORINGSSL -> TlsEngine.BORINGSSL;
                  case JDK -> TlsEngine.JDK;
                })
            .withMinimumTls(
                switch (config.tls().min()) {
                  case TLS_1_2 -> GatewayConfig.MinimumTls.TLS_1_2;
                  case TLS_1_3 -> GatewayConfig.MinimumTls.TLS_1_3;
                })
            .withTimeouts(
                new GatewayConfig.Timeouts(
                    timeouts.handshake(),
                    timeouts.header(),
                    timeouts.idle(),
                    timeouts.body(),
                    timeouts.drain()));
    return config
        .listen()
        .http()
        .map(address -> gateway.withHttp(address.socket()))
        .orElse(gateway);
  }

  private static Posture posture(SiteConfig.Posture posture) {
    return switch (posture) {
      case WANT -> Posture.WANT;
      case STRICT -> Posture.STRICT;
      case NEVER -> Posture.NEVER;
    };
  }

  private static Notice notice(SiteConfig.Notice notice) {
    return switch (notice) {
      case HEADER -> Notice.HEADER;
      case PAGE -> Notice.PAGE;
    };
  }

  private static IdentityHeaders headers(SiteConfig.Header header) {
    return switch (header) {
      case REMOTE_USER -> IdentityHeaders.REMOTE_USER;
      case FORWARDED -> IdentityHeaders.FORWARDED;
      case CLIENT_CERT -> IdentityHeaders.CLIENT_CERT;
      case XFCC -> IdentityHeaders.XFCC;
      case SSL_CLIENT -> IdentityHeaders.SSL_CLIENT;
    };
  }
}
