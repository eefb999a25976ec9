package dev.postern.console;

import dev.postern.access.Identity;
import dev.postern.access.Role;
import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.web.Exchange;
import java.util.Optional;

/** Who uses the console. */
record Visitor(User user, String address) {
  /** Empty for a request that no certificate came with. */
  static Optional<Visitor> of(Exchange exchange) {
    return exchange
        .identity()
        .map(Identity::user)
        .map(user -> new Visitor(user, exchange.clientAddress()));
  }

  /** After {@link Console} has looked: there is one. */
  static Visitor in(Exchange exchange) {
    return of(exchange).orElseThrow(() -> new IllegalStateException("nobody, and yet let in"));
  }

  boolean mayWrite() {
    return user.groups().contains(Role.ADMIN.group());
  }

  boolean mayLook() {
    return mayWrite() || user.groups().contains(Role.AUDITOR.group());
  }

  /** As it stands in the audit trail. */
  Requester requester() {
    return new Requester("admin:" + user.name() + "@" + address);
  }
}
