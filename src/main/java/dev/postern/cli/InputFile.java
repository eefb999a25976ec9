package dev.postern.cli;

import dev.postern.cli.inspect.Inspector;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads what people name on the command line, with a limit, and says in one line why it cannot. */
final class InputFile {
  /** The largest thing anybody inspects is a CRL. */
  static final int LARGEST = 128 * 1024 * 1024;

  private InputFile() {}

  static byte[] read(Path file, int limit) {
    if (file.toString().matches("https?:/.*")) {
      throw CommandFailure.usage(file + " is an address; fetch it first, and name the file");
    }
    if (Files.isDirectory(file)) {
      throw CommandFailure.usage(file + " is a folder, not a file");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw CommandFailure.usage(
            file + " is larger than the " + limit + " bytes that such a file can have");
      }
      if (bytes.length == 0) {
        throw CommandFailure.usage(file + " is empty");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage("there is no file " + file);
    } catch (AccessDeniedException e) {
      throw CommandFailure.usage(file + " may not be read by this user");
    } catch (IOException e) {
      throw CommandFailure.usage(file + " cannot be read: " + e.getMessage());
    }
  }

  /** The certificates of a file, in its order. */
  static List<Certificate> certificates(Path file) {
    return certificates(
        file, "give its certificate as PEM: postern show SERIAL --pem, or the console, has it");
  }

  /** {@code instead}: what to do when the file is one that only its password opens. */
  static List<Certificate> certificates(Path file, String instead) {
    byte[] content = read(file, 1024 * 1024);
    if (Inspector.isPkcs12(content)) {
      throw CommandFailure.usage(file + " is a PKCS#12 file, which needs its password; " + instead);
    }
    if (content[0] != 0x30
        && !new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN")) {
      throw CommandFailure.usage(file + " is no certificate file: it is neither PEM nor DER");
    }
    try {
      return Pem.certificates(content);
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " is no certificate file: " + e.getMessage());
    }
  }
}
