package dev.postern.access;

import static dev.postern.fakes.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestAuthority;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RenewalTimeTest {
  private static final TestAuthority CA = TestAuthority.root("CA");

  @ParameterizedTest
  @CsvSource({"365,30", "90,30", "60,20", "30,10", "3,1"})
  void thirty_days_before_the_end_or_a_third_of_a_shorter_term(int term, int before) {
    Instant end = NOW.plus(Duration.ofDays(term));
    Certificate certificate =
        CA.client(DistinguishedName.parse("UID=alice")).between(NOW, end).sign();
    Instant due = end.minus(Duration.ofDays(before));
    assertThat(RenewalTime.of(certificate)).isEqualTo(due);
    assertThat(RenewalTime.hasCome(certificate, due.minusSeconds(1))).isFalse();
    assertThat(RenewalTime.hasCome(certificate, due)).isTrue();
    assertThat(RenewalTime.hasCome(certificate, end.plusSeconds(9))).isTrue();
  }
}
