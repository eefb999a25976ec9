package dev.postern.cli.export;

import dev.postern.config.ListenAddress;
import dev.postern.x509.SerialNumber;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What there is to say, whatever the server.
 *
 * @param folder where the files will lie, absolute
 * @param name the organisation's
 * @param issuer the issuing CA's name; only its certificates count (decision 0007)
 * @param casAbove how many CAs stand above the issuing one
 * @param crlEnds until when the lists are good
 * @param revoked what the issuing CA's list holds, for servers that read no CRL
 * @param ocsp whom to ask at each handshake, if anybody
 * @param people the enabled users
 */
public record Blueprint(
    Path folder,
    String name,
    OpenSslName issuer,
    int casAbove,
    Instant crlEnds,
    List<SerialNumber> revoked,
    ListenAddress listen,
    Optional<URI> ocsp,
    List<Person> people,
    List<ExportedSite> sites) {
  /** The issuing CA's certificate alone. */
  public static final String ISSUING = "issuing-ca.pem";

  /** The issuing CA's certificate and those above it. */
  public static final String AUTHORITIES = "client-ca.pem";

  /** The lists of the issuing CA and of the root. */
  public static final String CRL = "crl.pem";

  public Blueprint {
    revoked = List.copyOf(revoked);
    people = List.copyOf(people);
    sites = List.copyOf(sites);
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  /** {@code 127.0.0.1:443}, or {@code *:443} where every address is meant. */
  String address(String everywhere) {
    return listen
            .address()
            .map(address ->
                address instanceof java.net.Inet6Address
                    ? "[" + address.getHostAddress() + "]"
                    : address.getHostAddress())
            .orElse(everywhere)
        + ":"
        + listen.port();
  }

  /** The first lines of each configuration. */
  String heading(String what) {
    return """
    # %s for %s, written by `postern export`.
    # Do not edit: it is written anew whenever users, groups, rules or revocations change
    # (`postern export --watch`). Users of groups are named one by one, as they were at the time.
    # The private keys beside this file are NOT encrypted, since the server starts without anybody
    # to ask: keep the folder to the server.
    """
        .formatted(what, Quoting.comment(name));
  }

  /** For servers without a way to tell, so that nobody believes it were there. */
  List<String> commonRemarks() {
    return sites.stream()
        .flatMap(site ->
            site.rules().stream()
                .filter(rule -> !rule.path().isWhole())
                .map(rule ->
                    site.host()
                        + ": a path with letters beyond ASCII is closed to everybody: "
                        + rule.said()))
        .toList();
  }
}
