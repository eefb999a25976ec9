package dev.postern.bench.loops;

import dev.postern.authority.Preparation;
import dev.postern.authority.Profile;
import dev.postern.x509.Bytes;
import dev.postern.x509.Signer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What issuing rests on. */
@State(Scope.Benchmark)
public class Issuing {
  private final Chain chain = new Chain();
  private final Signer signer = chain.issuingKey.signer();
  private final Bytes toBeSigned = chain.leaf.toBeSigned();

  /** From an order to what will be signed, read back and judged. */
  @Benchmark
  public Preparation prepareCertificate() {
    Preparation preparation =
        Profile.CLIENT.prepare(
            chain.order, chain.issuer, signer.algorithm(), chain.serial(), chain.now);
    if (!(preparation instanceof Preparation.Ready)) {
      throw new IllegalStateException(preparation.toString());
    }
    return preparation;
  }

  @Benchmark
  public Bytes sign() {
    return signer.sign(toBeSigned);
  }

  @Benchmark
  public boolean verify() {
    return chain.leaf.isSignedBy(chain.issuer.certificate().publicKey());
  }
}
