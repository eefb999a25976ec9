package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.servers.Command;
import dev.postern.bench.servers.Measured;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/** CRLs of a million entries, and a delta of a thousand. */
public final class CrlWriting implements Work {
  private static final String BOUNCY_CASTLE = "Bouncy Castle";
  private static final String OPENSSL = "openssl ca";
  private static final int MILLION = 1_000_000;
  private static final int DELTA = 1_000;

  /** Milliseconds, and MB. */
  private record Taken(List<Double> millis, double peak) {}

  @Override
  public String name() {
    return "crl";
  }

  @Override
  public String about() {
    return "a CRL of 1,000,000 entries, signed: time and memory; a delta of 1,000";
  }

  @Override
  public List<Comparison> measure(Lab lab) throws IOException {
    lab.say("Postern, 1,000,000 entries");
    Taken postern = make(lab, "postern", MILLION, lab.count(9, 6), "-Xmx104m");
    lab.say("Bouncy Castle, 1,000,000 entries");
    Taken bouncyCastle = make(lab, "bouncycastle", MILLION, lab.count(3, 1), "-Xmx1200m");
    int entries = lab.count(MILLION, 100_000);
    lab.say("openssl ca -gencrl, %,d entries".formatted(entries));
    Taken openssl = openssl(lab, entries);
    lab.say("Postern, 1,000 entries");
    Taken delta = make(lab, "postern", DELTA, 200, "-Xmx104m");
    Taken otherDelta = make(lab, "bouncycastle", DELTA, 200, "-Xmx104m");
    String scaled =
        entries == MILLION
            ? ""
            : "measured with %,d entries, and multiplied".formatted(entries);
    double factor = (double) MILLION / entries;
    String title = "CRL of 1,000,000 entries";
    return List.of(
        new Comparison(
            title,
            "ms CPU",
            List.of(
                new Samples(Contender.POSTERN, postern.millis(), ""),
                new Samples(BOUNCY_CASTLE, bouncyCastle.millis(), ""),
                new Samples(
                    OPENSSL, openssl.millis().stream().map(each -> each * factor).toList(), scaled)),
            List.of(Aim.most(Contender.POSTERN, 100)),
            "From the entries in memory to the signed DER, on one core, warm. Bouncy Castle's time has"
                + " the filling of its builder in it, openssl's the reading of its index and the"
                + " writing of the file. Each CRL was read and verified by openssl crl, and its entries"
                + " counted."),
        new Comparison(
            title + ", memory",
            "MB, at most",
            List.of(
                Samples.of(Contender.POSTERN, postern.peak()),
                Samples.of(BOUNCY_CASTLE, bouncyCastle.peak()).noting("in a heap of 1,200 MB"),
                Samples.of(OPENSSL, openssl.peak() * factor).noting(scaled)),
            List.of(Aim.most(Contender.POSTERN, 128)),
            "Resident memory of the whole process: Postern's has the JVM in it, the entries (29 MB) and"
                + " the CRL (49 MB)."),
        new Comparison(
            "Delta CRL of 1,000 entries",
            "ms CPU",
            List.of(
                new Samples(Contender.POSTERN, delta.millis(), ""),
                new Samples(BOUNCY_CASTLE, otherDelta.millis(), "")),
            List.of(Aim.most(Contender.POSTERN, 10)),
            ""));
  }

  /** In a JVM of its own, on the server's core; the first third of the CRLs only warms up. */
  private static Taken make(Lab lab, String who, int entries, int times, String heap)
      throws IOException {
    Path folder = lab.folder("crl-" + who);
    Path file = folder.resolve("crl.der");
    Measured measured =
        Measured.run(
            lab.serverCpu(),
            folder,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                heap,
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                CrlMaker.class.getName(),
                who,
                Integer.toString(entries),
                Integer.toString(times),
                lab.pki().folder().toString(),
                file.toString()));
    List<Double> millis = new ArrayList<>(measured.output().lines().map(Double::valueOf).toList());
    check(lab, file, entries);
    return new Taken(millis.subList(times / 3, times), measured.peak());
  }

  /** For another folder. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(each -> Path.of(each).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Taken openssl(Lab lab, int entries) throws IOException {
    Path folder = lab.folder("crl-openssl");
    try (BufferedWriter index = Files.newBufferedWriter(folder.resolve("index.txt"))) {
      Random random = new Random(7);
      for (int i = 0; i < entries; i++) {
        String serial = new BigInteger(126, random).setBit(126).toString(16).toUpperCase(Locale.ROOT);
        index.write(
            "R\t351231235959Z\t251231235959Z,keyCompromise\t%s\tunknown\t/CN=%d\n"
                .formatted(serial, i));
      }
    }
    Files.writeString(folder.resolve("index.txt.attr"), "unique_subject = no\n");
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = bench
        [bench]
        database = index.txt
        default_md = sha256
        default_crl_days = 7
        certificate = %1$s/issuing.pem
        private_key = %1$s/issuing.key
        """
            .formatted(lab.pki().folder()));
    Measured measured =
        Measured.run(
            lab.serverCpu(),
            folder,
            List.of("openssl", "ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem"));
    Command.run(
        folder,
        List.of("openssl", "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der"));
    check(lab, folder.resolve("crl.der"), entries);
    return new Taken(List.of(measured.elapsed().toNanos() / 1e6), measured.peak());
  }

  /** OpenSSL reads it, verifies it, and finds as many entries in it. */
  private static void check(Lab lab, Path file, int entries) throws IOException {
    String verified =
        Command.run(
            file.getParent(),
            List.of(
                "openssl",
                "crl",
                "-inform",
                "DER",
                "-in",
                file.toString(),
                "-noout",
                "-CAfile",
                lab.pki().path("client-ca.pem").toString()));
    Process text =
        new ProcessBuilder("openssl", "crl", "-inform", "DER", "-in", file.toString(), "-noout", "-text")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long count = 0;
    try (BufferedReader lines = text.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        count += line.startsWith("    Serial Number: ") ? 1 : 0;
      }
    }
    if (!verified.contains("verify OK") || count != entries) {
      throw new IllegalStateException(
          "openssl crl says of %s: %s, %,d entries".formatted(file, verified.strip(), count));
    }
  }
}
