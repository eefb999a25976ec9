package dev.postern.cli;

import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A key that will be needed, opened on a thread of its own: the rounds behind a passphrase are made
 * to take long, and meanwhile the rest can begin.
 */
final class KeyAhead {
  private final Path file;
  private final FutureTask<KeyFile.Opened> opening;

  private KeyAhead(Path file, Passphrase passphrase) {
    this.file = file;
    this.opening = new FutureTask<>(() -> KeyFile.open(file, passphrase));
  }

  static KeyAhead open(Path file, Passphrase passphrase) {
    var ahead = new KeyAhead(file, passphrase);
    Thread.ofPlatform().daemon().name("postern-key").start(ahead.opening);
    return ahead;
  }

  boolean isOf(Path wanted) {
    return file.equals(wanted);
  }

  /** Waits for it; what went wrong is thrown here. */
  KeyFile.Opened opened() throws KeyFileException {
    try {
      return opening.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KeyFileException expected) {
        throw expected;
      }
      throw new IllegalStateException("opening " + file + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while opening " + file, e);
    }
  }
}
