package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * One private key in one file, under a passphrase: PKCS#8 with PBES2, which {@code openssl pkcs8}
 * reads. Others' files are read in every form that is still around.
 */
public final class KeyFile {
  /** An RSA key of 8,192 bits takes 7 kB; with certificates around it, still far below. */
  public static final int MAX_SIZE = 64 * 1024;

  /** What is not wrong with a file, but should be said. */
  public enum Caution {
    /** The key lies in the clear. */
    NOT_ENCRYPTED,
    /** Group or others may read the file. */
    READABLE_BY_OTHERS
  }

  /** A key that was read. */
  public record Opened(SecretKeyPair key, Set<Caution> cautions) {
    public Opened {
      cautions = Set.copyOf(cautions);
    }
  }

  private KeyFile() {}

  /**
   * Writes a new file of mode 0600, making its folder (0700) as needed. When this returns, the key
   * survives a power cut; when it throws, there is no file, or the one that was there before: a key
   * is never overwritten. {@link IllegalArgumentException} for a weak passphrase; ask {@link
   * Passphrase#weakness} before.
   */
  public static void create(
      Path file, SecretKeyPair key, Passphrase passphrase, SecureRandom random)
      throws KeyFileException {
    passphrase.requireStrong();
    refuseExisting(
        file); // before a quarter of a second of key derivation; checked again at the end
    byte[] pem = key.toPem(passphrase, random).getBytes(StandardCharsets.US_ASCII);
    try {
      NewFile.write(file, pem);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw exists(file);
    } catch (IOException e) {
      throw new KeyFileException(
          file, new Problem(Reason.UNWRITABLE, "cannot be written: " + NewFile.cause(e)));
    }
  }

  private static void refuseExisting(Path file) throws KeyFileException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw exists(file);
    }
  }

  private static KeyFileException exists(Path file) {
    return new KeyFileException(
        file,
        new Problem(Reason.ALREADY_EXISTS, "exists already; a private key is never overwritten"));
  }

  /** Reads a key under {@code passphrase}; a key in the clear is read too, and that said. */
  public static Opened open(Path file, Passphrase passphrase) throws KeyFileException {
    return open(file, Optional.of(passphrase));
  }

  /** Reads a key in the clear; {@link Reason#PASSPHRASE_NEEDED} when it is not. */
  public static Opened open(Path file) throws KeyFileException {
    return open(file, Optional.empty());
  }

  /** Reads a key that lies in memory in the clear, PEM or DER, in every form a file may have. */
  public static SecretKeyPair parse(Bytes content) throws MalformedException {
    if (content.size() > MAX_SIZE) {
      throw new MalformedException("key", "more than " + MAX_SIZE / 1024 + " kB");
    }
    try {
      return new PrivateKeyReading(Optional.empty()).read(content.toArray()).key();
    } catch (Problem e) {
      throw new MalformedException("key", e.predicate());
    }
  }

  private static Opened open(Path file, Optional<Passphrase> passphrase) throws KeyFileException {
    try {
      PrivateKeyReading.Found found = new PrivateKeyReading(passphrase).read(content(file));
      Set<Caution> cautions = EnumSet.noneOf(Caution.class);
      if (!found.encrypted()) {
        cautions.add(Caution.NOT_ENCRYPTED);
      }
      if (readableByOthers(file)) {
        cautions.add(Caution.READABLE_BY_OTHERS);
      }
      return new Opened(found.key(), cautions);
    } catch (Problem e) {
      throw new KeyFileException(file, e);
    }
  }

  /** At most {@link #MAX_SIZE} bytes of a regular file; never waits on a pipe or a device. */
  static byte[] content(Path file) throws Problem {
    if (!Files.exists(file)) {
      throw new Problem(Reason.MISSING, "does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new Problem(
          Reason.UNREADABLE,
          Files.isDirectory(file) ? "is a folder, not a file" : "is not a regular file");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_SIZE + 1);
      if (content.length > MAX_SIZE) {
        throw new Problem(
            Reason.TOO_LARGE, "is larger than the " + MAX_SIZE / 1024 + " kB a key file may have");
      }
      return content;
    } catch (IOException e) {
      throw new Problem(Reason.UNREADABLE, "cannot be read: " + NewFile.cause(e));
    }
  }

  private static boolean readableByOthers(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // no permissions to speak of on this file system
    }
  }
}
