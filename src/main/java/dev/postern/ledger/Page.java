package dev.postern.ledger;

import dev.postern.authority.Ledger;
import java.util.List;
import java.util.Optional;

/** Some certificates, newest first, and where to go on when there are more. */
public record Page(List<Ledger.Entry> entries, Optional<String> next) {
  public Page {
    entries = List.copyOf(entries);
  }
}
