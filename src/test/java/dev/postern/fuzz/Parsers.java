package dev.postern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.authority.WeakKeys;
import dev.postern.cli.inspect.Inspector;
import dev.postern.cli.verify.Batch;
import dev.postern.cli.verify.ParseQuestion;
import dev.postern.cli.verify.PathQuestion;
import dev.postern.cli.verify.Pkcs12Question;
import dev.postern.cli.verify.Question;
import dev.postern.cli.verify.Verifier;
import dev.postern.fakes.TestAuthority;
import dev.postern.keys.KeyFile;
import dev.postern.keys.Pkcs12;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.OcspResponse;
import dev.postern.web.Malformed;
import dev.postern.web.RequestDecoder;
import dev.postern.web.RequestGuard;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.SubjectPublicKey;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that reads a stranger's bytes. Each either understands them or refuses them. */
final class Parsers {
  /** Generous, since other tests run beside; what bounds the work is counted, not timed. */
  private static final Duration SLOWEST = Duration.ofSeconds(5);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Verifier VERIFIER = new Verifier();

  private final Map<String, Reader> readers = new LinkedHashMap<>();
  private final Map<String, Long> slowest = new LinkedHashMap<>();
  private long understood;
  private long refused;

  /** Refuses by its room's own exception, and by no other. */
  @FunctionalInterface
  private interface Reader {
    void read(byte[] bytes) throws MalformedException;
  }

  Parsers() {
    readers.put("certificate", Parsers::certificate);
    readers.put("CRL", bytes -> CertificateList.parse(Bytes.of(bytes)));
    readers.put("OCSP", bytes -> OcspResponse.parse(Bytes.of(bytes)));
    readers.put("CSR", Parsers::request);
    readers.put("public key", bytes -> WeakKeys.weakness(SubjectPublicKey.parse(Bytes.of(bytes))));
    readers.put("private key", bytes -> KeyFile.parse(Bytes.of(bytes)));
    readers.put("PKCS#12", Parsers::pkcs12);
    readers.put("PEM", bytes -> Pem.parse(new String(bytes, StandardCharsets.ISO_8859_1)));
    readers.put(
        "inspect", bytes -> new Inspector(TestAuthority.NOW, Optional.empty()).inspect(bytes));
    readers.put("HTTP", Parsers::http);
  }

  /** Shows {@code bytes} to every parser. */
  void read(String name, byte[] bytes) {
    readers.forEach((kind, reader) -> read(kind + " " + name, kind, reader, bytes));
  }

  private void read(String name, String kind, Reader reader, byte[] bytes) {
    long began = System.nanoTime();
    try {
      reader.read(bytes);
      understood++;
    } catch (MalformedException e) {
      assertThat(e.getMessage()).as(name).isNotBlank().hasSizeLessThan(2000);
      refused++;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(name + " " + Bytes.of(bytes).base64(), e);
    }
    long millis = (System.nanoTime() - began) / 1_000_000;
    slowest.merge(kind, millis, Math::max);
    assertThat(Duration.ofMillis(millis)).as(name).isLessThan(SLOWEST);
  }

  /** How long the slowest of each kind took. */
  String report() {
    return understood + " understood, " + refused + " refused, slowest in ms: " + slowest;
  }

  private static void certificate(byte[] bytes) throws MalformedException {
    Certificate certificate = Certificate.parse(Bytes.of(bytes));
    assertThat(certificate.toString()).isNotNull();
    WeakKeys.weakness(certificate.publicKey());
  }

  private static void request(byte[] bytes) throws MalformedException {
    CertificationRequest request = CertificationRequest.parse(Bytes.of(bytes));
    assertThat(request.provesPossession()).isIn(true, false);
  }

  private static void pkcs12(byte[] bytes) throws MalformedException {
    if (Pkcs12.open(Bytes.of(bytes)) instanceof Pkcs12.Opening.Malformed(String reason)) {
      throw new MalformedException("pkcs12", reason);
    }
  }

  private static void http(byte[] bytes) throws MalformedException {
    var channel = new EmbeddedChannel(new RequestDecoder());
    boolean malformed = false;
    try {
      int half = bytes.length / 2; // in two pieces, as networks do
      channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, half));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, half, bytes.length - half));
      for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
        assertThat(each).isInstanceOfAny(HttpRequest.class, HttpContent.class, Malformed.class);
        if (each instanceof HttpRequest request) {
          assertThat(RequestGuard.check(request)).isNotNull();
        }
        malformed |= each instanceof Malformed;
        ReferenceCountUtil.release(each);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
    if (malformed) {
      throw new MalformedException("http", "refused");
    }
  }

  /** The same as lines of every batch: one answer each, of the contract's words. */
  void readAsLines(List<byte[]> all) throws Exception {
    for (ParseQuestion.Kind kind : ParseQuestion.Kind.values()) {
      ask(new ParseQuestion(kind), "der", all);
    }
    ask(new Pkcs12Question(), "p12", all);
    ask(new PathQuestion(VERIFIER, InstantSource.fixed(TestAuthority.NOW)), "leaf", all);
  }

  private static void ask(Question question, String field, List<byte[]> all) throws Exception {
    List<String> lines = new ArrayList<>();
    for (byte[] each : all) {
      String base64 = Bytes.of(each).base64();
      var line = JSON.createObjectNode().put("id", lines.size()).put(field, base64);
      line.putArray("roots").add(base64);
      lines.add(line.toString());
    }
    var out = new ByteArrayOutputStream();
    new Batch(question, new PrintStream(out, true, StandardCharsets.UTF_8))
        .run(new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    List<String> answers = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(answers).hasSameSizeAs(lines);
    for (int i = 0; i < answers.size(); i++) {
      var answer = JSON.readTree(answers.get(i));
      assertThat(answer.path("id").asInt()).isEqualTo(i);
      assertThat(answer.path("result").asText())
          .isIn("PARSED", "REJECT", "OPEN", "SUCCESS", "FAILURE");
      assertThat(answer.path("reason").asText()).as(lines.get(i)).isNotEqualTo("internal-error");
    }
  }
}
