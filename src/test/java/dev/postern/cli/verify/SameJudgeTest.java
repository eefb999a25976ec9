package dev.postern.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.access.Admission;
import dev.postern.access.Denial;
import dev.postern.access.Doorkeeper;
import dev.postern.access.IdentityMapping;
import dev.postern.access.PathPattern;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestDirectory;
import dev.postern.fakes.TestKeys;
import dev.postern.path.PathValidator;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyPurpose;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code verify} says of a client's certificate is what the gateway does with it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SameJudgeTest {
  private static final TestAuthority ROOT = TestAuthority.root("Root");
  private static final TestAuthority OTHER = TestAuthority.root("Root");
  private static final DistinguishedName ALICE =
      DistinguishedName.builder().userId("alice").commonName("Alice").build();

  private static Arguments chain(String name, TestAuthority.Draft draft) {
    return argumentSet(name, draft.sign());
  }

  static Stream<Arguments> chains() {
    Instant now = TestAuthority.NOW;
    return Stream.of(
        chain("good", ROOT.client(ALICE)),
        chain("expired", ROOT.client(ALICE).between(now.minusSeconds(99), now.minusSeconds(9))),
        chain("not yet", ROOT.client(ALICE).between(now.plusSeconds(9), now.plusSeconds(99))),
        chain("a server's", ROOT.leaf(ALICE).purpose(KeyPurpose.SERVER_AUTH)),
        chain("a stranger's", OTHER.client(ALICE)),
        chain("SHA-1", ROOT.client(ALICE).algorithm("SHA1withECDSA")),
        chain("RSA 1024", ROOT.client(ALICE).key(TestKeys.of("RSA 1024").getPublic())),
        chain("a serial of 0", ROOT.client(ALICE).serial(java.math.BigInteger.ZERO)));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void verify_and_the_doorkeeper_agree(Certificate leaf) throws Exception {
    String answer = verify(leaf, TestAuthority.NOW);
    switch (admit(leaf, TestAuthority.NOW)) {
      case Admission.Admitted _ -> assertThat(answer).isEqualTo("SUCCESS");
      case Admission.Denied(Denial.InvalidPath(var problem)) ->
          assertThat(answer).isEqualTo(problem.code().word());
      case Admission.Denied(Denial denial) -> assertThat(answer).isEqualTo(denial.code());
    }
  }

  private static Admission admit(Certificate leaf, Instant at) {
    var authority =
        TrustedAuthority.withoutRevocation(
            "own", List.of(ROOT.anchor()), List.of(), IdentityMapping.OWN);
    var trust = new Trust(List.of(authority), new PathValidator());
    var anybody = new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.AnyUser()));
    return new Doorkeeper(trust, new TestDirectory().with("alice"))
        .admit(
            PresentedChain.of(List.of(leaf.der())),
            List.of(anybody),
            RequestTarget.of("GET", "a.test", "/").orElseThrow(),
            at);
  }

  /** {@code SUCCESS} or the reason. */
  private static String verify(Certificate leaf, Instant at) throws Exception {
    var request = new ObjectMapper().createObjectNode().put("purpose", "client");
    request.put("leaf", leaf.der().base64()).put("at", at.toString());
    request.putArray("roots").add(ROOT.certificate().der().base64());
    Answer answer =
        new PathQuestion(new Verifier(), InstantSource.system()).answer(new Fields(request));
    return answer.reason().isEmpty() ? answer.result() : answer.reason();
  }
}
