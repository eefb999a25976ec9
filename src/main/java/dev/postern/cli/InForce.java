package dev.postern.cli;

import dev.postern.web.Exchange;
import dev.postern.web.InternalHandler;
import dev.postern.web.Reply;
import java.util.Set;

/**
 * A host of ours whose changes hold before it answers: whoever revokes a certificate on a page
 * finds it refused on the very next request, and does not wait for the ledger to be looked at.
 */
record InForce(InternalHandler handler, Runnable follow) implements InternalHandler {
  private static final Set<String> LOOKING = Set.of("GET", "HEAD");

  @Override
  public Reply answer(Exchange exchange) {
    Reply reply = handler.answer(exchange);
    if (reply.status() < 400 && !LOOKING.contains(exchange.target().method())) {
      follow.run();
    }
    return reply;
  }

  @Override
  public String logged(String path) {
    return handler.logged(path);
  }

  @Override
  public boolean greets(String path) {
    return handler.greets(path);
  }
}
