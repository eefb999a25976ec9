package dev.postern.keys;

import dev.postern.x509.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * What one passphrase became, by salt. The key files of one Postern have one salt, so that the
 * rounds, a quarter of a second, are made once and not for each. As secret as the passphrase, and
 * overwritten with it.
 */
final class DerivedKeys implements AutoCloseable {
  /** Files of others have salts of their own. */
  private static final int MOST = 8;

  private final Map<Derivation, FutureTask<byte[]>> known = new LinkedHashMap<>();

  /** How a key is derived by PBKDF2; {@code hmac} is a JCA name, {@code length} in octets. */
  record Derivation(String hmac, Bytes salt, int iterations, int length) {
    byte[] of(byte[] password) throws GeneralSecurityException {
      return Pbkdf2.derive(hmac, password, salt.toArray(), iterations, length);
    }

    private boolean isLike(Derivation other) {
      return hmac.equals(other.hmac)
          && salt.size() == other.salt.size()
          && iterations == other.iterations
          && length == other.length;
    }
  }

  /**
   * A copy. {@code password} is always the same; who asks while it is being derived waits for it.
   */
  byte[] get(Derivation how, byte[] password) throws GeneralSecurityException {
    FutureTask<byte[]> task;
    synchronized (known) {
      task = known.get(how);
      if (task == null && known.size() < MOST) {
        task = deriving(how, password.clone());
        known.put(how, task);
      }
    }
    if (task == null) {
      return how.of(password);
    }
    try {
      task.run(); // by the first who comes; the others do nothing here
      return task.get().clone();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GeneralSecurityException expected) {
        throw expected;
      }
      throw new IllegalStateException("deriving a key failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while deriving a key", e);
    }
  }

  private static FutureTask<byte[]> deriving(Derivation how, byte[] password) {
    return new FutureTask<>(() -> {
      try {
        return how.of(password);
      } finally {
        Arrays.fill(password, (byte) 0);
      }
    });
  }

  /** The salt of a key that is known already and derived like {@code wish}, whatever its salt. */
  Optional<Bytes> salt(Derivation wish) {
    synchronized (known) {
      return known.keySet().stream()
          .filter(each -> each.isLike(wish))
          .map(Derivation::salt)
          .findFirst();
    }
  }

  @Override
  public void close() {
    synchronized (known) {
      known.values().stream()
          .filter(task -> task.state() == Future.State.SUCCESS)
          .forEach(task -> Arrays.fill(task.resultNow(), (byte) 0));
      known.clear();
    }
  }
}
