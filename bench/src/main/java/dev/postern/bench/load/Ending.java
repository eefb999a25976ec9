package dev.postern.bench.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a run ends: well, or at its first failure. */
final class Ending {
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  void done() {
    over.complete(null);
  }

  void failed(String what, Throwable cause) {
    String why = cause == null ? what : what + ": " + cause.getMessage();
    over.completeExceptionally(new LoadFailure(why, cause));
  }

  boolean isOver() {
    return over.isDone();
  }

  void await(String what) {
    try {
      over.get(LoadGenerator.patience().toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new LoadFailure(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new LoadFailure(what + ": not over in " + LoadGenerator.patience(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("interrupted", e);
    }
  }
}
