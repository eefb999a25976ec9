package dev.postern.bench.works;

import dev.postern.bench.Pki;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.conscrypt.Conscrypt;

/** Certificate requests of hosts, each with a key of its own, and a look at what comes of them. */
final class Requests {
  private static final java.security.Provider CONSCRYPT = Conscrypt.newProvider();

  /** One in so many answers is looked at to the signature. */
  private static final int LOOKED_AT = 200;

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----");

  /** A PKCS#10 request. */
  record Csr(String host, byte[] der) {
    String base64() {
      return Base64.getEncoder().encodeToString(der);
    }

    String pem() {
      String lines =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
      return "-----BEGIN CERTIFICATE REQUEST-----\n"
          + lines
          + "\n-----END CERTIFICATE REQUEST-----\n";
    }
  }

  private Requests() {}

  static List<Csr> ofHosts(int count) {
    List<Csr> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request("host%d.bench.test".formatted(i)));
    }
    return requests;
  }

  private static Csr request(String host) {
    KeyPair key = Pki.keyPair();
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
      return new Csr(
          host,
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + host), key.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .setProvider(CONSCRYPT)
                      .build(key.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether there is a certificate in an answer in JSON; of some it is checked that this key signed
   * it.
   */
  static Predicate<byte[]> answeredWithCertificateBy(PublicKey issuer) {
    return new Predicate<>() {
      private int seen;

      @Override
      public boolean test(byte[] json) {
        Matcher found = CERTIFICATE.matcher(new String(json, StandardCharsets.US_ASCII));
        return found.find() && (seen++ % LOOKED_AT != 0 || isSigned(found.group(1)));
      }

      private boolean isSigned(String lines) {
        try {
          byte[] der = Base64.getDecoder().decode(lines.replace("\\n", ""));
          var certificate =
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(der));
          certificate.verify(issuer);
          certificate.checkValidity();
          return true;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          return false;
        }
      }
    };
  }
}
