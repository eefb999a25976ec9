package dev.postern.architecture.violations.x509;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.SocketFactory;

/** Input and output where none belongs. */
final class ReadsFile {
  private ReadsFile() {}

  static long file() {
    return new File("a").length();
  }

  static byte[] path() throws IOException {
    return Files.readAllBytes(Path.of("a"));
  }

  static Socket socket() {
    return new Socket();
  }

  static Object factory() {
    return SocketFactory.getDefault();
  }

  static String harmless() throws IOException {
    try (var out = new ByteArrayOutputStream()) {
      out.write(1);
      return URI.create("a:" + out.size()).toString();
    }
  }
}
