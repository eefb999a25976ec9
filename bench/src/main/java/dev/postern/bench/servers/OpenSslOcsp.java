package dev.postern.bench.servers;

import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * {@code openssl ocsp} as a responder: one process, an index file, the CA's own key. It closes each
 * connection, and takes GET only where there is no path before the question.
 */
public final class OpenSslOcsp {
  public static final String NAME = "openssl ocsp";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private OpenSslOcsp() {}

  /** All of these are good. */
  public static Server start(Lab lab, List<BigInteger> serials) {
    Path folder = lab.folder("openssl-ocsp");
    int port = Daemon.freePort();
    Pki pki = lab.pki();
    try {
      Files.writeString(
          folder.resolve("index.txt"),
          serials.stream()
              .map(serial -> "V\t351231235959Z\t\t%s\tunknown\t/CN=%1$s\n".formatted(hex(serial)))
              .collect(Collectors.joining()));
      Files.writeString(folder.resolve("index.txt.attr"), "unique_subject = no\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Daemon daemon =
        Daemon.launch(
            NAME,
            lab.serverCpu(),
            folder,
            port,
            List.of(
                "openssl",
                "ocsp",
                "-index",
                "index.txt",
                "-port",
                Integer.toString(port),
                "-CA",
                pki.path("issuing.pem").toString(),
                "-rsigner",
                pki.path("issuing.pem").toString(),
                "-rkey",
                pki.path("issuing.key").toString(),
                "-ndays",
                "1",
                "-ignore_err"));
    // Not by connecting: it waits forever for somebody who went away.
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!daemon.output().contains("waiting for OCSP client connections")) {
      if (!daemon.isAlive() || System.nanoTime() > end) {
        String output = daemon.output();
        daemon.close();
        throw new IllegalStateException(NAME + " does not listen: " + output);
      }
      Daemon.pause();
    }
    return daemon;
  }

  /** Whole octets, in capitals, as {@code openssl ca} writes them. */
  static String hex(BigInteger serial) {
    String digits = serial.toString(16).toUpperCase(Locale.ROOT);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }
}
