package dev.postern.publish;

import dev.postern.ledger.CrlStore;
import dev.postern.ledger.CrlStore.Head;
import dev.postern.ledger.CrlStore.Kind;
import dev.postern.ledger.CrlStore.Scope;
import dev.postern.x509.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The newest CRLs in memory, as they are served: whoever signed them. */
public final class PublishedCrls {
  private final CrlStore store;
  private final Bytes issuerKeyIdentifier;
  private volatile Map<Scope, Published> published = Map.of();

  /** A CRL, ready to be sent. */
  record Published(Head head, PublicFile file) {}

  public PublishedCrls(CrlStore store, Bytes issuerKeyIdentifier) {
    this.store = store;
    this.issuerKeyIdentifier = issuerKeyIdentifier;
  }

  /** Takes over what is newer in the ledger; what could not be read stays as it was. */
  public synchronized void refresh() {
    Map<Scope, Published> next = new HashMap<>();
    List<Head> heads = store.heads(issuerKeyIdentifier);
    for (Head head : heads) {
      Published known = published.get(head.scope());
      if (known != null && known.head().number() == head.number()) {
        next.put(head.scope(), known);
      } else {
        store
            .der(head)
            .map(der -> new Published(head, file(head, der)))
            .or(() -> Optional.ofNullable(known)) // replaced just now: the next round sees it
            .ifPresent(each -> next.put(head.scope(), each));
      }
    }
    published = Map.copyOf(next);
  }

  private static PublicFile file(Head head, Bytes der) {
    return new PublicFile(PublicFile.CRL, der, head.thisUpdate(), Optional.of(head.nextUpdate()));
  }

  Optional<PublicFile> find(OptionalInt shard, Kind kind) {
    return Optional.ofNullable(published.get(new Scope(issuerKeyIdentifier, shard, kind)))
        .map(Published::file);
  }
}
