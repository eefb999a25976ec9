package dev.postern.fakes;

import dev.postern.x509.DistinguishedName;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Requests as OpenSSL makes them: a subject, a fresh P-256 key, no extensions. */
public final class TestRequests {
  private TestRequests() {}

  /** DER. */
  public static byte[] csr(String subject) throws Exception {
    var pair = TestSigner.p256().pair();
    var builder =
        new JcaPKCS10CertificationRequestBuilder(
            DistinguishedName.parse(subject).structure(), pair.getPublic());
    return builder
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
        .getEncoded();
  }
}
