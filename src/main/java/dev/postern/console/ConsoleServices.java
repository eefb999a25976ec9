package dev.postern.console;

import dev.postern.access.Doorkeeper;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import dev.postern.web.Pages;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the console needs.
 *
 * @param name of the installation, in the head of each page
 * @param loaded what the gateway serves now; asked for each request
 * @param authorities our CA certificates: the issuing one first, the root last
 * @param published where CRLs and CA certificates are published
 */
public record ConsoleServices(
    String name,
    SqlLedger ledger,
    InstantSource clock,
    Supplier<Loaded> loaded,
    SignIns signIns,
    List<Certificate> authorities,
    Optional<URI> published,
    Inviting inviting,
    Signing signing) {
  public ConsoleServices {
    authorities = List.copyOf(authorities);
  }

  /** What is in force at one moment. */
  public record Loaded(List<ConsoleSite> sites, Doorkeeper doorkeeper, Pages.Ways ways) {
    public Loaded {
      sites = List.copyOf(sites);
    }
  }
}
