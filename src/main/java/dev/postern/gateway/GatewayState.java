package dev.postern.gateway;

import dev.postern.access.Doorkeeper;
import dev.postern.access.Trust;
import dev.postern.path.TrustAnchor;
import dev.postern.web.Pages;
import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a gateway serves, replaced as a whole.
 *
 * @param defaultHost the site whose certificate and posture a connection without (known) SNI gets
 * @param clientAuthorities the CAs whose names are sent in the TLS CertificateRequest, so that a
 *     browser's picker shows only what fits
 * @param ways where people who are refused, or will be soon, are sent
 */
public record GatewayState(
    List<Site> sites,
    String defaultHost,
    Doorkeeper doorkeeper,
    List<Certificate> clientAuthorities,
    Pages.Ways ways) {
  public GatewayState {
    sites = List.copyOf(sites);
    clientAuthorities = List.copyOf(clientAuthorities);
    String wanted = defaultHost;
    if (sites.stream().noneMatch(site -> site.host().equals(wanted))) {
      throw new IllegalArgumentException("the default host " + wanted + " is none of the sites");
    }
    List<String> hosts = sites.stream().map(Site::host).toList();
    if (hosts.stream().distinct().count() < hosts.size()) {
      throw new IllegalArgumentException("two sites have the same host: " + hosts);
    }
  }

  /** The CA certificates behind {@link Trust#acceptedIssuers}. */
  public static List<Certificate> authoritiesOf(Trust trust) {
    List<Certificate> authorities = new ArrayList<>();
    for (var authority : trust.authorities()) {
      Stream.concat(
              authority.intermediates().stream(),
              authority.anchors().stream().map(TrustAnchor::certificate))
          .filter(ca -> !authorities.contains(ca))
          .forEach(authorities::add);
    }
    return authorities;
  }
}
