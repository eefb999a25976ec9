package dev.postern.bench.works;

import dev.postern.bench.load.Request;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** Questions about the certificates of an issuer, by Bouncy Castle; its answers are judged, too. */
final class OcspQuestions {
  private static final int NONCE = 16;

  /** One in so many answers is looked at to the signature. */
  private static final int LOOKED_AT = 500;

  private final X509Certificate issuer;
  private final List<BigInteger> serials;
  private final SecureRandom random = new SecureRandom();
  private int seen;

  /** Without those whose question ends like a folder: nginx has no file of that name. */
  OcspQuestions(X509Certificate issuer, List<BigInteger> serials) {
    this.issuer = issuer;
    this.serials = serials.stream().filter(serial -> !path(serial).endsWith("%2F")).toList();
  }

  List<BigInteger> serials() {
    return serials;
  }

  /** By GET (RFC 6960 appendix A.1). */
  List<String> paths() {
    return serials.stream().map(this::path).toList();
  }

  private String path(BigInteger serial) {
    String base64 = Base64.getEncoder().encodeToString(der(serial, Optional.empty()));
    return "/ocsp/" + URLEncoder.encode(base64, StandardCharsets.US_ASCII);
  }

  List<Request> gets() {
    return serials.stream()
        .map(serial -> Request.get(path(serial)).checking(answering(serial, new byte[0])))
        .toList();
  }

  List<Request> posts() {
    return serials.stream()
        .map(serial -> post(der(serial, Optional.empty()), answering(serial, new byte[0])))
        .toList();
  }

  /** Each with a nonce of its own, which must be answered. */
  List<Request> nonces(int count) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BigInteger serial = serials.get(i % serials.size());
      byte[] nonce = new byte[NONCE];
      random.nextBytes(nonce);
      requests.add(post(der(serial, Optional.of(nonce)), answering(serial, nonce)));
    }
    return requests;
  }

  private static Request post(byte[] der, Predicate<byte[]> answer) {
    return Request.post("/ocsp", "application/ocsp-request", der, 200).checking(answer);
  }

  private byte[] der(BigInteger serial, Optional<byte[]> nonce) {
    try {
      var digest = new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
      var builder = new OCSPReqBuilder();
      builder.addRequest(new CertificateID(digest, new JcaX509CertificateHolder(issuer), serial));
      if (nonce.isPresent()) {
        builder.setRequestExtensions(
            new Extensions(
                Extension.create(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                    false,
                    new DEROctetString(nonce.get()))));
      }
      return builder.build().getEncoded();
    } catch (IOException | OCSPException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of each: a success, this serial number, this nonce. Of some: good, and signed. */
  private Predicate<byte[]> answering(BigInteger serial, byte[] nonce) {
    byte[] number = serial.toByteArray();
    return answer ->
        answer.length > 100
            && answer[4] == 0x0a // OCSPResponseStatus, in one octet: successful
            && answer[6] == 0
            && contains(answer, number)
            && contains(answer, nonce)
            && (seen++ % LOOKED_AT != 0 || isGood(answer));
  }

  private static boolean contains(byte[] whole, byte[] part) {
    for (int i = 0; i + part.length <= whole.length; i++) {
      if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  private boolean isGood(byte[] answer) {
    try {
      var basic = (BasicOCSPResp) new OCSPResp(answer).getResponseObject();
      var by = basic.getCerts()[0];
      var verifiers = new JcaContentVerifierProviderBuilder();
      return basic.getResponses()[0].getCertStatus() == CertificateStatus.GOOD
          && basic.isSignatureValid(verifiers.build(by))
          && (by.equals(new JcaX509CertificateHolder(issuer))
              || by.isSignatureValid(verifiers.build(issuer)));
    } catch (IOException
        | OCSPException
        | OperatorCreationException
        | org.bouncycastle.cert.CertException
        | GeneralSecurityException e) {
      return false;
    }
  }
}
