package dev.postern.bench.works;

import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import dev.postern.bench.Samples;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.conscrypt.Conscrypt;

/** What BoringSSL needs for the cryptography alone, here, on one core, when it is warm. */
final class Primitives {
  private static final Provider CONSCRYPT = Conscrypt.newProvider();

  /** A step, over and over. */
  private interface Step {
    void run() throws GeneralSecurityException;
  }

  private Primitives() {}

  static Samples handshake(Lab lab, int verifications) {
    try {
      KeyPair key = Pki.keyPair();
      byte[] message = new byte[130]; // about what CertificateVerify signs, RFC 8446 §4.4.3
      Signature signer = Signature.getInstance("SHA256withECDSA", CONSCRYPT);
      signer.initSign(key.getPrivate());
      signer.update(message);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance("SHA256withECDSA", CONSCRYPT);
      var exchange = KeyPairGenerator.getInstance("XDH", CONSCRYPT);
      KeyPair peer = exchange.generateKeyPair();
      KeyAgreement agreement = KeyAgreement.getInstance("XDH", CONSCRYPT);
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        double sign =
            micros(() -> {
              signer.update(message);
              signer.sign();
            });
        double verify =
            micros(() -> {
              verifier.initVerify(key.getPublic());
              verifier.update(message);
              if (!verifier.verify(signature)) {
                throw new GeneralSecurityException("a signature of ours does not verify");
              }
            });
        double agree =
            micros(() -> {
              agreement.init(exchange.generateKeyPair().getPrivate());
              agreement.doPhase(peer.getPublic(), true);
              agreement.generateSecret();
            });
        values.add(sign + verifications * verify + agree);
      }
      values.removeFirst(); // cold
      return new Samples(Contender.LIMIT, values, "");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of P-256, with SHA-256, in µs. */
  static double sign() {
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA", CONSCRYPT);
      signer.initSign(Pki.keyPair().getPrivate());
      byte[] message = new byte[700];
      Step step =
          () -> {
            signer.update(message);
            signer.sign();
          };
      var _ = micros(step);
      return micros(step);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double micros(Step step) throws GeneralSecurityException {
    int count = 2_000;
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < count; i++) {
      step.run();
    }
    return (threads.getCurrentThreadCpuTime() - before) / 1e3 / count;
  }
}
