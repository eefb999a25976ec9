package dev.postern.enrol;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Signer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.util.CollectionStore;

/**
 * A {@code .mobileconfig} that has an iPhone, iPad or Mac trust our root, and nothing else in it:
 * no identity, no password. Signed by the enrolment host, so that a change on the way shows.
 */
final class AppleProfile {
  private AppleProfile() {}

  static Bytes of(EnrolHost host) {
    try {
      var generator = new CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(
          new SignerInfoGeneratorBuilder(new BcDigestCalculatorProvider())
              .build(
                  new Signing(host.identity().signer()),
                  holder(host.identity().chain().getFirst())));
      generator.addCertificates(
          new CollectionStore<>(
              host.identity().chain().stream().map(AppleProfile::holder).toList()));
      byte[] plist = plist(host).getBytes(StandardCharsets.UTF_8);
      return Bytes.of(generator.generate(new CMSProcessableByteArray(plist), true).getEncoded());
    } catch (CMSException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a profile in memory can always be signed", e);
    }
  }

  private static X509CertificateHolder holder(Certificate certificate) {
    return new X509CertificateHolder(certificate.structure());
  }

  /** The same file for the same root, so that installing it again replaces it. */
  private static String plist(EnrolHost host) {
    String name = host.address().replaceFirst("https://", "").replaceAll("[^A-Za-z0-9.-]", "-");
    String digest = host.root().fingerprint().hex();
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0">
    <dict>
      <key>PayloadType</key><string>Configuration</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>%1$s.postern</string>
      <key>PayloadUUID</key><string>%2$s</string>
      <key>PayloadDisplayName</key><string>%3$s</string>
      <key>PayloadDescription</key><string>Trusts the sites of %3$s.</string>
      <key>PayloadOrganization</key><string>%3$s</string>
      <key>PayloadContent</key>
      <array>
        <dict>
          <key>PayloadType</key><string>com.apple.security.root</string>
          <key>PayloadVersion</key><integer>1</integer>
          <key>PayloadIdentifier</key><string>%1$s.postern.root</string>
          <key>PayloadUUID</key><string>%4$s</string>
          <key>PayloadDisplayName</key><string>%5$s</string>
          <key>PayloadContent</key><data>%6$s</data>
        </dict>
      </array>
    </dict>
    </plist>
    """
        .formatted(
            name,
            uuid(digest + "profile"),
            escaped(host.organization()),
            uuid(digest + "root"),
            escaped(host.root().subject().commonName().orElse("Root CA")),
            host.root().der().base64());
  }

  private static UUID uuid(String of) {
    return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Our signer in Bouncy Castle's terms. */
  private static final class Signing implements ContentSigner {
    private final Signer signer;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    private Signing(Signer signer) {
      this.signer = signer;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return signer.algorithm();
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      return signer.sign(Bytes.of(content.toByteArray())).toArray();
    }
  }
}
