package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TlsIdentityTest {
  private final SecureRandom random = new SecureRandom();

  @ParameterizedTest
  @CsvSource({
    "JDK, p256, TLSv1.3",
    "JDK, p256, TLSv1.2",
    "JDK, rsa2048, TLSv1.3",
    "JDK, rsa2048, TLSv1.2",
    "JDK, p384, TLSv1.3",
    "JDK, ed25519, TLSv1.3",
    "OPENSSL, p256, TLSv1.3",
    "OPENSSL, p256, TLSv1.2",
    "OPENSSL, rsa2048, TLSv1.3",
    "OPENSSL, rsa2048, TLSv1.2"
  })
  void a_server_with_it_completes_a_handshake(SslProvider provider, String kind, String version)
      throws SSLException {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.parse(kind), random);
    Certificate certificate = SelfSigned.of(key, "localhost");
    TlsIdentity identity = TlsIdentity.of(key, List.of(certificate));
    var factory =
        provider == SslProvider.JDK
            ? identity.keyManagerFactory()
            : new OpenSslCachingX509KeyManagerFactory(identity.keyManagerFactory());
    if (provider == SslProvider.OPENSSL) {
      OpenSsl.ensureAvailability();
    }
    SslContext server =
        SslContextBuilder.forServer(factory).sslProvider(provider).protocols(version).build();
    SslContext client =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();
    SslHandler serverSide = server.newHandler(UnpooledByteBufAllocator.DEFAULT);
    SslHandler clientSide = client.newHandler(UnpooledByteBufAllocator.DEFAULT);
    shakeHands(clientSide, serverSide);
    var session = clientSide.engine().getSession();
    assertThat(session.getProtocol()).isEqualTo(version);
    assertThat(session.getPeerCertificates())
        .singleElement()
        .satisfies(peer -> assertThat(Bytes.of(peer.getEncoded())).isEqualTo(certificate.der()));
    ReferenceCountUtil.release(server);
  }

  @Test
  void a_chain_about_another_key_and_an_empty_one_are_mistakes_of_the_caller() {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    SecretKeyPair other = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.of(key, List.of(SelfSigned.of(other, "other"))))
        .withMessageContaining("does not belong to CN=other");
    assertThatIllegalArgumentException().isThrownBy(() -> TlsIdentity.of(key, List.of()));
  }

  @Test
  void a_peer_that_wants_another_kind_of_key_gets_none() {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    var manager = TlsIdentity.of(key, List.of(SelfSigned.of(key, "localhost"))).keyManager();
    assertThat(manager.chooseEngineServerAlias("EC", null, null)).isNotNull();
    assertThat(manager.chooseEngineServerAlias("EC_EC", null, null)).isNotNull();
    assertThat(manager.chooseEngineServerAlias("RSA", null, null)).isNull();
    assertThat(manager.getServerAliases("RSA", null)).isNull();
    assertThat(manager.getPrivateKey("somebody else's")).isNull();
  }

  private static void shakeHands(SslHandler client, SslHandler server) {
    EmbeddedChannel here = new EmbeddedChannel(client);
    EmbeddedChannel there = new EmbeddedChannel(server);
    for (int round = 0; round < 20 && !(done(client) && done(server)); round++) {
      carry(here, there);
      carry(there, here);
    }
    assertThat(server.handshakeFuture().cause()).isNull();
    assertThat(client.handshakeFuture().isSuccess()).isTrue();
    here.finishAndReleaseAll();
    there.finishAndReleaseAll();
  }

  private static boolean done(SslHandler side) {
    return side.handshakeFuture().isDone();
  }

  private static void carry(EmbeddedChannel from, EmbeddedChannel to) {
    for (Object message = from.readOutbound(); message != null; message = from.readOutbound()) {
      to.writeInbound(message);
    }
    to.runPendingTasks();
  }
}
