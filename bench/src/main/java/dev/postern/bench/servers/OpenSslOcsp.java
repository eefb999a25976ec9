package dev.postern.bench.servers;

import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** {@code openssl ocsp} as a responder: one process, an index file, the CA's own key. */
public final class OpenSslOcsp {
  public static final String NAME = "openssl ocsp";

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
    return Daemon.start(
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
            "127.0.0.1:" + port,
            "-CA",
            pki.path("issuing.pem").toString(),
            "-rsigner",
            pki.path("issuing.pem").toString(),
            "-rkey",
            pki.path("issuing.key").toString(),
            "-ndays",
            "1",
            "-ignore_err"));
  }

  /** Whole octets, in capitals, as {@code openssl ca} writes them. */
  static String hex(BigInteger serial) {
    String digits = serial.toString(16).toUpperCase(java.util.Locale.ROOT);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }
}
