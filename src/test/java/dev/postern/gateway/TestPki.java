package dev.postern.gateway;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certification authority in memory, for tests of what happens after certificates exist. */
final class TestPki {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant END = Instant.parse("2046-01-01T00:00:00Z");
  private static final char[] PASSWORD = "test".toCharArray();

  private final KeyPair keys = newKeys();
  private final X500Name name;
  private final X509Certificate certificate;

  TestPki(String commonName) {
    name = new X500Name("CN=" + commonName);
    certificate = sign(name, keys, START, END, true, new String[0]);
  }

  /** A certificate with its key. */
  record Holder(X509Certificate certificate, PrivateKey key) {
    KeyManagerFactory keyManagers() {
      try {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store(), PASSWORD);
        return factory;
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException(e);
      }
    }

    SSLContext serverContext() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers().getKeyManagers(), null, new SecureRandom());
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    KeyStore store() throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("it", key, PASSWORD, new X509Certificate[] {certificate});
      return store;
    }

    Certificate value() {
      return TestPki.value(certificate);
    }
  }

  Holder server(String... hosts) {
    return server(END, hosts);
  }

  Holder server(Instant until, String... hosts) {
    KeyPair pair = newKeys();
    return new Holder(
        sign(new X500Name("CN=" + hosts[0]), pair, START, until, false, hosts), pair.getPrivate());
  }

  Holder client(String user) {
    return client(user, START, END);
  }

  /** With a common name of any characters. */
  Holder client(String user, String commonName) {
    KeyPair pair = newKeys();
    X500Name subject =
        new X500NameBuilder().addRDN(BCStyle.UID, user).addRDN(BCStyle.CN, commonName).build();
    return new Holder(sign(subject, pair, START, END, false, new String[0]), pair.getPrivate());
  }

  Holder client(String user, Instant from, Instant until) {
    KeyPair pair = newKeys();
    X500Name subject = new X500Name("UID=" + user + ",CN=" + user + " (laptop)");
    return new Holder(sign(subject, pair, from, until, false, new String[0]), pair.getPrivate());
  }

  Certificate root() {
    return value(certificate);
  }

  X509Certificate rootX509() {
    return certificate;
  }

  static Certificate value(X509Certificate certificate) {
    try {
      return Certificate.parse(Bytes.of(certificate.getEncoded()));
    } catch (GeneralSecurityException | MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A fresh client context (so: no session to resume) that trusts this CA and shows {@code who}.
   */
  SSLContext clientContext(@Nullable Holder who) {
    return contextWith(who == null ? new KeyManager[0] : who.keyManagers().getKeyManagers());
  }

  SSLContext contextWith(KeyManager... keys) {
    try {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      roots.setCertificateEntry("root", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(roots);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      X500Name subject, KeyPair pair, Instant from, Instant until, boolean ca, String[] hosts) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(120, new SecureRandom()).setBit(100),
              Date.from(from),
              Date.from(until),
              subject,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(keys.getPublic()));
      if (ca) {
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      } else {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                hosts.length == 0 ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth));
      }
      if (hosts.length > 0) {
        GeneralName[] names = new GeneralName[hosts.length];
        for (int i = 0; i < hosts.length; i++) {
          names[i] =
              new GeneralName(
                  hosts[i].matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                  hosts[i]);
        }
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
              .getEncoded();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
