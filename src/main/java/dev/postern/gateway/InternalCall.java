package dev.postern.gateway;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.web.Exchange;
import dev.postern.web.InternalHandler;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** Hands a whole request to a Java function, on a thread that may wait. */
final class InternalCall implements Handling {
  private static final System.Logger LOG = System.getLogger(InternalCall.class.getName());

  private final Visit visit;
  private final InternalHandler handler;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  InternalCall(Visit visit, InternalHandler handler) {
    this.visit = visit;
    this.handler = handler;
    if (visit.expectsContinue()) {
      visit.inform(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  @Override
  public void content(HttpContent content) {
    byte[] bytes = new byte[content.content().readableBytes()];
    content.content().readBytes(bytes);
    boolean last = content instanceof LastHttpContent;
    content.release();
    body.write(bytes, 0, bytes.length);
    if (last) {
      Exchange exchange = exchange();
      try {
        visit.stream().service.pageThreads().execute(() -> run(exchange));
      } catch (RejectedExecutionException e) {
        visit.refuse(busy(), false);
      }
    }
  }

  private Exchange exchange() {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : visit.request().headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), visit.request().headers().getAll(name));
    }
    return new Exchange(
        visit.target(),
        visit.query(),
        headers,
        Bytes.of(body.toByteArray()),
        visit.identity(),
        visit.stream().connection.address(),
        visit.reference());
  }

  private void run(Exchange exchange) {
    Reply reply;
    try {
      reply = handler.answer(exchange);
    } catch (LedgerUnavailable e) {
      LOG.log(System.Logger.Level.WARNING, "request " + visit.reference() + ": " + e.getMessage());
      answer(() -> visit.refuse(busy(), false));
      return;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "request " + visit.reference() + " failed", e);
      answer(() -> visit.refuse(Problem.of(500, "internal-error", "the log says more"), false));
      return;
    }
    answer(() -> visit.reply(reply, false));
  }

  private static Problem busy() {
    return Problem.of(503, "busy", "nothing was changed; try again in a moment");
  }

  private void answer(Runnable action) {
    visit.stream().channel.eventLoop().execute(action);
  }
}
