package dev.postern.web;

import dev.postern.access.Identity;
import dev.postern.access.RequestTarget;
import dev.postern.x509.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request to one of Postern's own pages, complete with its body, after admission. {@code headers}
 * are keyed in lower case.
 */
public record Exchange(
    RequestTarget target,
    String query,
    Map<String, List<String>> headers,
    Bytes body,
    Optional<Identity> identity,
    String clientAddress,
    String reference) {
  public Exchange {
    headers = Map.copyOf(headers);
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
