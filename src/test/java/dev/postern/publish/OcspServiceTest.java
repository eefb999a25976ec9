package dev.postern.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.authority.Profile;
import dev.postern.fakes.TestSigner;
import dev.postern.ledger.KnownStatuses;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.publish.OcspService.Responder;
import dev.postern.revocation.IssuedStatus;
import dev.postern.revocation.StatusLookup;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered, to Bouncy Castle's client. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OcspServiceTest {
  private static final Duration VALIDITY = Duration.ofHours(8);
  private static final Duration LONG = Duration.ofDays(90);

  @TempDir Path folder;
  private final TestSigner key = TestSigner.p256();
  private PublishFixture ca;
  private Certificate responder;
  private RevokedCertificates revoked;
  private KnownStatuses statuses;
  private OcspService service;

  @BeforeEach
  void open() {
    ca = new PublishFixture(folder, 1, false);
    responder = ca.issue(Profile.OCSP_RESPONDER, key, Duration.ofDays(30));
    revoked = new RevokedCertificates(ca.ledger.revocations(), ca.clock);
    statuses = new KnownStatuses(ca.ledger.statuses(), ca.issuer.keyIdentifier(), revoked);
    service = service(statuses);
  }

  private OcspService service(StatusLookup statuses) {
    return new OcspService(
        ca.issuer, statuses, () -> new Responder(responder, key), VALIDITY, ca.clock);
  }

  @AfterEach
  void close() {
    ca.close();
  }

  private Bytes request(Certificate issuer, Optional<byte[]> nonce, BigInteger... serials)
      throws Exception {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    var builder = new OCSPReqBuilder();
    for (BigInteger serial : serials) {
      builder.addRequest(
          new CertificateID(
              digests.get(CertificateID.HASH_SHA1),
              new X509CertificateHolder(issuer.structure()),
              serial));
    }
    if (nonce.isPresent()) {
      builder.setRequestExtensions(
          new Extensions(
              new Extension(
                  OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                  false,
                  new DEROctetString(nonce.get()).getEncoded())));
    }
    return Bytes.of(builder.build().getEncoded());
  }

  private Bytes about(Certificate... certificates) throws Exception {
    BigInteger[] serials = new BigInteger[certificates.length];
    for (int i = 0; i < serials.length; i++) {
      serials[i] = certificates[i].serialNumber().value();
    }
    return request(ca.root, Optional.empty(), serials);
  }

  private BasicOCSPResp basic(OcspService.Answer answer) throws Exception {
    OCSPResp response = new OCSPResp(answer.der().toArray());
    assertThat(response.getStatus()).isEqualTo(OCSPResp.SUCCESSFUL);
    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
    assertThat(
            basic.isSignatureValid(
                new JcaContentVerifierProviderBuilder().build(key.pair().getPublic())))
        .isTrue();
    assertThat(basic.getCerts()).hasSize(1);
    return basic;
  }

  private static int refusal(OcspService.Answer answer) throws Exception {
    assertThat(answer.cacheable()).isFalse();
    return new OCSPResp(answer.der().toArray()).getStatus();
  }

  @Test
  void a_revocation_is_in_the_next_answer_and_until_then_one_signature_does() throws Exception {
    Certificate certificate = ca.issue(LONG);
    Bytes request = about(certificate);
    var good = service.answer(request);
    assertThat(basic(good).getResponses()[0].getCertStatus()).isNull();
    assertThat(good.cacheable()).isTrue();
    assertThat(service.answer(request)).as("the same signature").isSameAs(good);
    ca.revoking.revoke(certificate.serialNumber().hex(), 1);
    revoked.follow();
    var bad = service.answer(request);
    assertThat(basic(bad).getResponses()[0].getCertStatus())
        .isInstanceOfSatisfying(
            RevokedStatus.class, status -> assertThat(status.getRevocationReason()).isEqualTo(1));
    assertThat(service.answer(request)).isSameAs(bad);
  }

  private Optional<Bytes> again(Bytes request) {
    statuses.of(responder.serialNumber()); // as whoever signs asks, too
    return service.again(request).map(PublicFile::content);
  }

  @Test
  void the_same_question_is_answered_at_once_until_the_answer_is_another() throws Exception {
    Certificate certificate = ca.issue(LONG);
    Bytes request = about(certificate);
    assertThat(again(request)).as("not asked before").isEmpty();
    var good = service.answer(request);
    assertThat(again(request)).contains(good.der());

    ca.revoking.suspend(certificate.serialNumber().hex());
    revoked.follow();
    assertThat(again(request)).as("suspended since").isEmpty();
    var held = service.answer(request);
    assertThat(again(request)).contains(held.der()).isNotEqualTo(good.der());

    ca.revoking.release(certificate.serialNumber().hex());
    revoked.follow();
    assertThat(again(request)).as("good again").isEmpty();
  }

  @Test
  void nothing_is_answered_at_once_in_the_second_half_or_in_the_name_of_a_revoked_responder()
      throws Exception {
    Bytes request = about(ca.issue(LONG));
    service.answer(request);
    assertThat(again(request)).isPresent();
    ca.now = PublishFixture.NOW.plus(VALIDITY.dividedBy(2));
    assertThat(again(request)).isEmpty();
    ca.now = PublishFixture.NOW;
    assertThat(again(request)).isPresent();
    ca.revoking.revoke(responder.serialNumber().hex(), 1);
    revoked.follow();
    assertThat(again(request)).isEmpty();
  }

  @Test
  void what_is_for_one_client_alone_or_might_yet_change_is_never_answered_at_once()
      throws Exception {
    Certificate certificate = ca.issue(LONG);
    BigInteger serial = certificate.serialNumber().value();
    for (Bytes request :
        List.of(
            request(ca.root, Optional.of(new byte[16]), serial),
            request(ca.root, Optional.empty(), serial, serial),
            request(ca.root, Optional.empty(), BigInteger.valueOf(4711)),
            request(responder, Optional.empty(), BigInteger.ONE))) {
      service.answer(request);
      assertThat(again(request)).isEmpty();
    }
  }

  @Test
  void memory_that_is_not_sure_any_more_answers_nothing_at_once() throws Exception {
    boolean[] sure = {true};
    var forgetful =
        service(
            new StatusLookup() {
              @Override
              public IssuedStatus of(SerialNumber serial) {
                return statuses.of(serial);
              }

              @Override
              public Optional<IssuedStatus> recall(SerialNumber serial) {
                return sure[0] ? Optional.of(statuses.of(serial)) : Optional.empty();
              }
            });
    Bytes request = about(ca.issue(LONG));
    forgetful.answer(request);
    statuses.of(responder.serialNumber());
    assertThat(forgetful.again(request)).isPresent();
    sure[0] = false;
    assertThat(forgetful.again(request)).isEmpty();
  }

  private Bytes withParameters(SerialNumber serial, @Nullable ASN1Encodable parameters)
      throws Exception {
    CertID asked =
        new CertificateID(
                new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                new X509CertificateHolder(ca.root.structure()),
                serial.value())
            .toASN1Primitive();
    var id =
        new CertID(
            new AlgorithmIdentifier(asked.getHashAlgorithm().getAlgorithm(), parameters),
            asked.getIssuerNameHash(),
            asked.getIssuerKeyHash(),
            asked.getSerialNumber());
    var request = new TBSRequest(null, new DERSequence(new Request(id, null)), (Extensions) null);
    return Bytes.of(new OCSPRequest(request, null).getEncoded());
  }

  @Test
  void a_hash_without_parameters_is_written_in_two_ways_and_each_is_repeated() throws Exception {
    SerialNumber serial = ca.issue(LONG).serialNumber();
    for (ASN1Encodable parameters : new ASN1Encodable[] {null, DERNull.INSTANCE}) {
      CertificateID repeated =
          basic(service.answer(withParameters(serial, parameters))).getResponses()[0].getCertID();
      assertThat(repeated.toASN1Primitive().getHashAlgorithm().getParameters())
          .isEqualTo(parameters);
    }
  }

  @Test
  void a_hash_with_parameters_is_malformed_or_anybody_could_fill_the_memory() throws Exception {
    SerialNumber serial = ca.issue(LONG).serialNumber();
    Bytes request = withParameters(serial, new DEROctetString(new byte[15_000]));
    assertThat(refusal(service.answer(request))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
  }

  @Test
  void an_answer_is_replaced_in_its_second_half_and_never_outlives_the_responder()
      throws Exception {
    Bytes request = about(ca.issue(LONG));
    var first = service.answer(request);
    ca.now = PublishFixture.NOW.plus(VALIDITY.dividedBy(2)).minusSeconds(1);
    assertThat(service.answer(request)).isSameAs(first);
    ca.now = ca.now.plusSeconds(1);
    var second = service.answer(request);
    assertThat(second).isNotSameAs(first);
    assertThat(basic(second).getResponses()[0].getNextUpdate())
        .isEqualTo(Date.from(ca.now.plus(VALIDITY)));
    ca.now = responder.notAfter().minusSeconds(60);
    assertThat(service.answer(request).nextUpdate()).isEqualTo(responder.notAfter());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 32, 128})
  void a_nonce_of_allowed_length_comes_back(int length) throws Exception {
    byte[] nonce = new byte[length];
    var answer =
        service.answer(request(ca.root, Optional.of(nonce), ca.issue(LONG).serialNumber().value()));
    Extension echoed = basic(answer).getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    assertThat(echoed.getParsedValue()).isEqualTo(new DEROctetString(nonce));
    assertThat(answer.cacheable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 129})
  void a_nonce_of_another_length_is_malformed(int length) throws Exception {
    Bytes request = request(ca.root, Optional.of(new byte[length]), BigInteger.ONE);
    assertThat(refusal(service.answer(request))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
  }

  @Test
  void what_was_never_issued_is_revoked_and_what_others_issued_is_unknown() throws Exception {
    BasicOCSPResp never =
        basic(service.answer(request(ca.root, Optional.empty(), BigInteger.valueOf(4711))));
    assertThat(never.getResponses()[0].getCertStatus())
        .isInstanceOfSatisfying(
            RevokedStatus.class,
            status -> {
              assertThat(status.getRevocationTime()).isEqualTo(Date.from(Instant.EPOCH));
              assertThat(status.getRevocationReason()).isEqualTo(6);
            });
    assertThat(never.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_extended_revoke)).isNotNull();
    var foreign = service.answer(request(responder, Optional.empty(), BigInteger.ONE));
    assertThat(basic(foreign).getResponses()[0].getCertStatus()).isInstanceOf(UnknownStatus.class);
    assertThat(foreign.cacheable()).isFalse();
  }

  @Test
  void several_questions_have_an_answer_each() throws Exception {
    Certificate good = ca.issue(LONG);
    Certificate held = ca.issue(LONG);
    ca.revoking.suspend(held.serialNumber().hex());
    revoked.follow();
    var responses = basic(service.answer(about(good, held, good))).getResponses();
    assertThat(responses).hasSize(3);
    assertThat(responses[0].getCertStatus()).isNull();
    assertThat(responses[1].getCertStatus()).isInstanceOf(RevokedStatus.class);
    assertThat(responses[2].getCertID().getSerialNumber()).isEqualTo(good.serialNumber().value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "3000", "30023000", "3080", "300430023000ff"})
  void what_is_no_request_is_malformed(String hex) throws Exception {
    assertThat(refusal(service.answer(Bytes.ofHex(hex)))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
  }

  /** Without a memory. */
  private static StatusLookup lookup(Function<SerialNumber, IssuedStatus> ledger) {
    return new StatusLookup() {
      @Override
      public IssuedStatus of(SerialNumber serial) {
        return ledger.apply(serial);
      }

      @Override
      public Optional<IssuedStatus> recall(SerialNumber serial) {
        return Optional.empty();
      }
    };
  }

  @Test
  void a_ledger_that_cannot_be_read_is_no_good() throws Exception {
    OcspService blind =
        service(
            lookup(_ -> {
              throw new LedgerUnavailable("the disk is gone");
            }));
    assertThat(refusal(blind.answer(about(responder)))).isEqualTo(OCSPResp.TRY_LATER);
  }

  @Test
  void a_signer_that_fails_says_try_later_and_nothing_else() throws Exception {
    OcspService broken =
        new OcspService(
            ca.issuer,
            lookup(_ -> new IssuedStatus.Good()),
            () -> {
              throw new dev.postern.x509.Signer.SignerUnavailable("gone", new Exception());
            },
            VALIDITY,
            ca.clock);
    assertThat(refusal(broken.answer(about(responder)))).isEqualTo(OCSPResp.TRY_LATER);
  }
}
