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

  /** Little for what is young, so that there is room for the list: 92 MB do. */
  private static final List<String> SMALL_HEAP =
      List.of("-Xmx92m", "-XX:NewSize=4m", "-XX:MaxNewSize=4m");

  /** Milliseconds, and MB. */
  private record Taken(List<Double> millis, double heap, double resident) {
    String noted() {
      return "%.0f MB resident, with the JVM".formatted(resident);
    }
  }

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
    int many = lab.count(MILLION, MILLION / 10);
    lab.say("Postern, %,d entries".formatted(many));
    Taken postern = make(lab, "postern", many, lab.count(9, 4), SMALL_HEAP);
    lab.say("Bouncy Castle, %,d entries".formatted(many));
    Taken bouncyCastle = make(lab, "bouncycastle", many, 1, List.of("-Xmx1200m"));
    int entries = lab.count(MILLION, 20_000);
    lab.say("openssl ca -gencrl, %,d entries".formatted(entries));
    Taken openssl = openssl(lab, entries);
    lab.say("Postern, 1,000 entries");
    Taken delta = make(lab, "postern", DELTA, 200, SMALL_HEAP);
    Taken otherDelta = make(lab, "bouncycastle", DELTA, 200, SMALL_HEAP);
    String scaled =
        entries == many ? "" : "measured with %,d entries, and multiplied".formatted(entries);
    double factor = (double) many / entries;
    String title = "CRL of %,d entries".formatted(many);
    return List.of(
        new Comparison(
            title,
            "ms CPU",
            List.of(
                new Samples(Contender.POSTERN, postern.millis(), ""),
                new Samples(BOUNCY_CASTLE, bouncyCastle.millis(), ""),
                new Samples(
                    OPENSSL,
                    openssl.millis().stream().map(each -> each * factor).toList(),
                    scaled)),
            many == MILLION ? List.of(Aim.most(Contender.POSTERN, 100)) : List.of(),
            "From the entries in memory to the signed DER, on one core, warm. Postern's 49 MB are"
                + " hashed twice, to be signed and to check what the signer returned: that bounds"
                + " it, at 1 GB/s for SHA-256 some 50 ms each time. Bouncy Castle's time has the"
                + " filling of its builder in it, openssl's the reading of its index and the"
                + " writing of the file. Each CRL was read and verified by openssl crl, and its"
                + " entries counted."),
        new Comparison(
            title + ", memory",
            "MB",
            List.of(
                Samples.of(Contender.POSTERN, postern.heap()).noting(postern.noted()),
                Samples.of(BOUNCY_CASTLE, bouncyCastle.heap()).noting(bouncyCastle.noted()),
                Samples.of(OPENSSL, openssl.resident() * factor)
                    .noting(("resident; " + scaled).replaceFirst("; $", ""))),
            List.of(Aim.most(Contender.POSTERN, 128)),
            "The heap at its fullest: Postern's has the entries (29 MB) and the CRL (49 MB) in it"
                + " and is bounded to 92 MB; Bouncy Castle's is bounded to 1,200 MB."),
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
  private static Taken make(Lab lab, String who, int entries, int times, List<String> heap)
      throws IOException {
    Path folder = lab.folder("crl-" + who);
    Path file = folder.resolve("crl.der");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(heap);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
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
    Measured measured = Measured.run(lab.serverCpu(), folder, command);
    List<Double> printed = measured.output().lines().map(Double::valueOf).toList();
    check(lab, file, entries);
    return new Taken(printed.subList(times / 3, times), printed.get(times), measured.peak());
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
        String serial =
            new BigInteger(126, random).setBit(126).toString(16).toUpperCase(Locale.ROOT);
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
        folder, List.of("openssl", "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der"));
    check(lab, folder.resolve("crl.der"), entries);
    double millis = measured.cpu().toNanos() / 1e6;
    return new Taken(List.of(millis), measured.peak(), measured.peak());
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
        new ProcessBuilder(
                "openssl", "crl", "-inform", "DER", "-in", file.toString(), "-noout", "-text")
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
