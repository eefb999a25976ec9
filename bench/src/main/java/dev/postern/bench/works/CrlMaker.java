package dev.postern.bench.works;

import dev.postern.keys.KeyFile;
import dev.postern.revocation.CrlDraft;
import dev.postern.revocation.CrlEntries;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Random;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.conscrypt.Conscrypt;

/**
 * Makes CRLs in a JVM of its own, so that its memory can be told: {@code postern|bouncycastle
 * ENTRIES TIMES FOLDER FILE}. Prints the milliseconds of CPU that each took, from the entries to
 * the DER, and at last the heap in MB.
 */
final class CrlMaker {
  private static final Instant NOW = Instant.now();
  private static final Duration VALIDITY = Duration.ofDays(7);

  private static final int PIECE = 64 * 1024;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private CrlMaker() {}

  public static void main(String[] arguments) throws Exception {
    int entries = Integer.parseInt(arguments[1]);
    int times = Integer.parseInt(arguments[2]);
    Path folder = Path.of(arguments[3]);
    Path file = Path.of(arguments[4]);
    switch (arguments[0]) {
      case "postern" -> postern(entries, times, folder, file);
      case "bouncycastle" -> bouncyCastle(entries, times, folder, file);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println(heap());
  }

  /** MB at most, each part of it. */
  private static double heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        / 1e6;
  }

  /** Random ones of 128 bits, always the same. */
  private static Supplier<BigInteger> serials() {
    Random random = new Random(7);
    return () -> new BigInteger(126, random).setBit(126);
  }

  /** A second of this year for each. */
  private static Instant moment(int entry) {
    return NOW.minusSeconds(entry * 31L);
  }

  private static void postern(int count, int times, Path folder, Path file) throws Exception {
    Certificate issuer = issuer(folder);
    Signer signer = KeyFile.open(folder.resolve("issuing.key")).key().signer();
    Supplier<BigInteger> serials = serials();
    var builder = new CrlEntries.Builder();
    for (int i = 0; i < count; i++) {
      builder.add(new SerialNumber(serials.get()), moment(i), CrlReason.KEY_COMPROMISE);
    }
    CrlEntries entries = builder.build();
    for (int i = 1; i <= times; i++) {
      long began = CPU.getCurrentThreadCpuTime();
      Bytes crl =
          CrlDraft.full(
                  issuer.subject(), issuer.keyIdentifier(), i, NOW, NOW.plus(VALIDITY), entries)
              .sign(signer);
      print(began);
      if (i == times) {
        write(crl, file);
      }
    }
  }

  private static Certificate issuer(Path folder) throws IOException, MalformedException {
    String pem = Files.readString(folder.resolve("issuing.pem"));
    return Certificate.parse(Pem.parse(pem).getFirst().content());
  }

  /** In pieces: the JDK would copy the whole outside the heap first. */
  private static void write(Bytes crl, Path file) throws IOException {
    byte[] piece = new byte[PIECE];
    ByteBuffer rest = crl.buffer();
    try (OutputStream out = Files.newOutputStream(file)) {
      while (rest.hasRemaining()) {
        int size = Math.min(PIECE, rest.remaining());
        rest.get(piece, 0, size);
        out.write(piece, 0, size);
      }
    }
  }

  /** Its builder is spent with one CRL, so that the entries are added anew: part of the time. */
  private static void bouncyCastle(int count, int times, Path folder, Path file)
      throws IOException, OperatorCreationException, MalformedException {
    Certificate issuer = issuer(folder);
    var key =
        new org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter()
            .getPrivateKey(
                (org.bouncycastle.asn1.pkcs.PrivateKeyInfo)
                    new org.bouncycastle.openssl.PEMParser(
                            Files.newBufferedReader(folder.resolve("issuing.key")))
                        .readObject());
    var signer =
        new JcaContentSignerBuilder("SHA256withECDSA")
            .setProvider(Conscrypt.newProvider())
            .build(key);
    X500Name name = issuer.subject().structure();
    Date now = Date.from(NOW);
    for (int i = 1; i <= times; i++) {
      Supplier<BigInteger> serials = serials();
      long began = CPU.getCurrentThreadCpuTime();
      var builder = new X509v2CRLBuilder(name, now);
      builder.setNextUpdate(Date.from(NOW.plus(VALIDITY)));
      for (int entry = 0; entry < count; entry++) {
        builder.addCRLEntry(
            serials.get(), Date.from(moment(entry)), CrlReason.KEY_COMPROMISE.code());
      }
      byte[] crl = builder.build(signer).getEncoded();
      print(began);
      if (i == times) {
        Files.write(file, crl);
      }
    }
  }

  private static void print(long began) {
    System.out.println((CPU.getCurrentThreadCpuTime() - began) / 1e6);
  }
}
