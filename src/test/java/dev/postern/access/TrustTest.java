package dev.postern.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.path.PathValidator;
import dev.postern.x509.Bytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TrustTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final int LARGE = 60_000;
  private static final int STRANGERS = 1500;
  private static final long MEGABYTE = 1 << 20;

  @Test
  void what_strangers_show_is_not_kept_for_long() throws Exception {
    byte[] certificate = largeCertificate();
    int serial = indexOf(certificate, 0x5a5a5a5a);
    Trust trust = new Trust(List.of(), new PathValidator());
    long before = used();
    for (int i = 0; i < STRANGERS; i++) {
      ByteBuffer.wrap(certificate).putInt(serial, 0x01000000 + i);
      var shown = PresentedChain.of(List.of(Bytes.of(certificate.clone())));
      assertThat(trust.judge(shown, NOW)).isInstanceOf(Trust.Verdict.Doubted.class);
    }
    assertThat(used() - before).isLessThan(40 * MEGABYTE);
    assertThat(trust.authorities()).isEmpty(); // still here, and what it remembers with it
  }

  private static byte[] largeCertificate() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    X500Name name = new X500Name("CN=Stranger");
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(0x5a5a5a5a),
            Date.from(NOW),
            Date.from(NOW.plusSeconds(60)),
            name,
            keys.getPublic())
        .addExtension(
            new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"),
            false,
            new DEROctetString(new byte[LARGE]))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
        .getEncoded();
  }

  private static int indexOf(byte[] bytes, int value) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int at = 0;
    while (buffer.getInt(at) != value) {
      at++;
    }
    return at;
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
