package dev.postern.gateway;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A visit that waits until its client's CA was asked, on a virtual thread. The client is not read
 * meanwhile, so little is held.
 */
final class Lookup implements Handling {
  private final Deque<HttpContent> held = new ArrayDeque<>();
  private boolean abandoned;

  Lookup(Visit visit, Runnable question) {
    visit.stream().reading(false);
    run(question, visit.stream().channel.eventLoop(), () -> end(visit));
  }

  /** Runs {@code question} where it may wait, and then {@code next} on {@code loop}. */
  static void run(Runnable question, EventLoop loop, Runnable next) {
    Thread.ofVirtual()
        .name("lookup")
        .start(() -> {
          try {
            question.run();
          } finally {
            loop.execute(next);
          }
        });
  }

  private void end(Visit visit) {
    if (!abandoned) {
      visit.resume(held);
    }
  }

  @Override
  public void content(HttpContent content) {
    held.add(content);
  }

  @Override
  public void abandon() {
    abandoned = true;
    held.forEach(HttpContent::release);
    held.clear();
  }
}
