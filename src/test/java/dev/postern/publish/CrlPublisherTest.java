package dev.postern.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.x509.Signer.SignerUnavailable;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CrlPublisherTest {
  @TempDir Path folder;

  static Stream<Supplier<Throwable>> failures() {
    return Stream.of(
        () -> new SignerUnavailable("the token is gone", new Exception()),
        () -> new OutOfMemoryError("a large list"));
  }

  @SuppressWarnings("unchecked") // any kind of Throwable, to the compiler a RuntimeException
  private static <T extends Throwable> RuntimeException thrown(Throwable failure) throws T {
    throw (T) failure;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void what_fails_once_is_tried_again(Supplier<Throwable> failure) throws Exception {
    var failed = new CountDownLatch(1);
    var signed = new CountDownLatch(1);
    try (var ca = new PublishFixture(folder, 1, false)) {
      CrlSigning signing =
          ca.signing(() -> {
            if (failed.getCount() > 0) {
              failed.countDown();
              throw CrlPublisherTest.<RuntimeException>thrown(failure.get());
            }
            signed.countDown();
            return ca.signer;
          });
      var published = new PublishedCrls(ca.ledger.crls(), ca.issuer.keyIdentifier());
      try (var publisher = CrlPublisher.start(signing, published)) {
        assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
        publisher.changed();
        assertThat(signed.await(30, TimeUnit.SECONDS)).as("signed after all").isTrue();
      }
    }
  }
}
