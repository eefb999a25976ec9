package dev.postern.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.fakes.TestAuthority;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts of design §6, line by line. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class BatchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TestAuthority ROOT = TestAuthority.root("Root");
  private static final TestAuthority ISSUING = ROOT.issuing("Issuing");
  private static final Certificate ALICE = ISSUING.clientOf("alice");
  private static final Question PATHS =
      new PathQuestion(new Verifier(), InstantSource.fixed(TestAuthority.NOW));

  private static ObjectNode request() {
    ObjectNode request = JSON.createObjectNode().put("id", "one").put("purpose", "client");
    request.put("leaf", ALICE.der().base64());
    request.putArray("intermediates").add(ISSUING.certificate().der().base64());
    request.putArray("roots").add(ROOT.certificate().der().base64());
    return request;
  }

  private static List<JsonNode> ask(Question question, String input) throws Exception {
    var out = new ByteArrayOutputStream();
    new Batch(question, new PrintStream(out, true, StandardCharsets.UTF_8))
        .run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  private static JsonNode answer(Consumer<ObjectNode> change) throws Exception {
    ObjectNode request = request();
    change.accept(request);
    return ask(PATHS, request + "\n").getFirst();
  }

  @Test
  void a_valid_path_comes_with_its_fingerprints_leaf_first_anchor_last() throws Exception {
    JsonNode answer = answer(request -> request.put("unheard-of", 1).putNull("at"));
    assertThat(answer.path("id").asText()).isEqualTo("one");
    assertThat(answer.path("result").asText()).isEqualTo("SUCCESS");
    assertThat(answer.path("reason").isNull()).isTrue();
    assertThat(answer.path("ms").isNumber()).isTrue();
    assertThat(answer.path("chain"))
        .map(JsonNode::asText)
        .containsExactly(
            ALICE.fingerprint().hex(),
            ISSUING.certificate().fingerprint().hex(),
            ROOT.certificate().fingerprint().hex());
  }

  @Test
  void what_is_not_asked_for_is_the_default_and_null_is_not_asking() throws Exception {
    assertThat(
            answer(request ->
                    request
                        .putNull("purpose")
                        .putNull("names")
                        .putNull("max_depth")
                        .putNull("policy")
                        .putNull("profile")
                        .putNull("crls")
                        .putNull("revocation"))
                .path("result")
                .asText())
        .isEqualTo("SUCCESS");
  }

  private static Arguments refused(String name, String reason, Consumer<ObjectNode> change) {
    return argumentSet(name, reason, change);
  }

  static Stream<Arguments> refused_requests() {
    String leaf = ALICE.der().base64();
    return Stream.of(
        refused("long ago", "not-yet-valid", r -> r.put("at", "2020-01-01T00:00:00Z")),
        refused("far ahead", "expired", r -> r.put("at", "2030-01-01T00:00:00+01:00")),
        refused("no roots", "untrusted-issuer", r -> r.putArray("roots")),
        refused("another purpose", "wrong-purpose", r -> r.put("purpose", "server")),
        refused(
            "another name",
            "name-mismatch",
            r -> r.putArray("names").addObject().put("kind", "DNS").put("value", "a.test")),
        refused("too deep", "path-too-long", r -> r.put("max_depth", 0)),
        refused(
            "no policy",
            "policy-not-met",
            r -> r.putObject("policy").put("require_explicit", true)),
        refused("no leaf", "bad-request", r -> r.remove("leaf")),
        refused("a leaf of null", "bad-request", r -> r.putNull("leaf")),
        refused("a leaf that is a number", "bad-request", r -> r.put("leaf", 5)),
        refused("a leaf that is a list", "bad-request", r -> r.putArray("leaf").add(leaf)),
        refused("a leaf that is no base64", "malformed", r -> r.put("leaf", "§")),
        refused("an empty leaf", "malformed", r -> r.put("leaf", "")),
        refused("half a leaf", "malformed", r -> r.put("leaf", leaf.substring(0, 400))),
        refused("a root that is none", "malformed", r -> r.putArray("roots").add("AAAA")),
        refused("roots that are no list", "bad-request", r -> r.put("roots", leaf)),
        refused("a list of numbers", "bad-request", r -> r.putArray("intermediates").add(5)),
        refused("an unknown purpose", "bad-request", r -> r.put("purpose", "fun")),
        refused("an unknown profile", "bad-request", r -> r.put("profile", "RFC5280")),
        refused("an unknown mode", "bad-request", r -> r.put("eku_mode", "none")),
        refused("an unknown report", "bad-request", r -> r.put("report", "all")),
        refused("an unknown wish", "bad-request", r -> r.put("revocation", "maybe")),
        refused("no time", "bad-request", r -> r.put("at", "yesterday")),
        refused("a time as a number", "bad-request", r -> r.put("at", 1)),
        refused("a negative depth", "bad-request", r -> r.put("max_depth", -1)),
        refused("half a depth", "bad-request", r -> r.put("max_depth", 0.5)),
        refused("a policy of text", "bad-request", r -> r.put("policy", "any")),
        refused("a flag of text", "bad-request", r -> r.putObject("policy").put("inhibit_any", "")),
        refused("a name of text", "bad-request", r -> r.putArray("names").add("a.test")),
        refused(
            "a name of an unknown kind",
            "bad-request",
            r -> r.putArray("names").addObject().put("kind", "UPN").put("value", "a")),
        refused(
            "an address that is none",
            "bad-request",
            r -> r.putArray("names").addObject().put("kind", "IP").put("value", "8080")));
  }

  @ParameterizedTest
  @MethodSource("refused_requests")
  void whatever_is_wrong_has_a_reason_and_the_id(String reason, Consumer<ObjectNode> change)
      throws Exception {
    JsonNode answer = answer(change);
    assertThat(answer.path("result").asText()).as("%s", answer).isEqualTo("FAILURE");
    assertThat(answer.path("reason").asText()).as("%s", answer).isEqualTo(reason);
    assertThat(answer.path("id").asText()).isEqualTo("one");
    assertThat(answer.has("chain")).isFalse();
  }

  @Test
  void an_intermediate_that_cannot_be_read_only_does_not_help() throws Exception {
    assertThat(answer(r -> r.withArray("intermediates").add("AAAA")).path("result").asText())
        .isEqualTo("SUCCESS");
  }

  @Test
  void revocation_that_is_required_and_unknown_is_never_success() throws Exception {
    JsonNode path = answer(r -> r.put("revocation", "require"));
    assertThat(path.path("result").asText()).isEqualTo("FAILURE");
    assertThat(path.path("reason").asText()).isEqualTo("status-unknown");
    JsonNode report = answer(r -> r.put("report", "revocation"));
    assertThat(report.path("result").asText()).isEqualTo("UNKNOWN");
    assertThat(report.path("reason").asText()).isEqualTo("status-unknown");
    JsonNode broken = answer(r -> r.put("report", "revocation").put("leaf", "AAAA"));
    assertThat(broken.path("result").asText()).isEqualTo("UNKNOWN");
    assertThat(broken.path("reason").asText()).isEqualTo("malformed");
  }

  @Test
  void lines_that_are_no_request_are_answered_in_their_places() throws Exception {
    String good = request().toString();
    List<JsonNode> answers =
        ask(
            PATHS,
            String.join(
                "\n",
                good,
                "",
                "not json",
                "{\"id\": \"cut\", \"leaf\": \"AAA",
                "[1, 2]",
                "null",
                good + " and more",
                "[".repeat(100_000),
                "{\"id\": 7, \"leaf\": {\"a\": " + "[".repeat(5000),
                "{\"leaf\": \"\\uD800\\u0000\", \"id\": \"odd\"}",
                "\0\1\2",
                good)); // and no line end
    assertThat(answers).hasSize(12);
    assertThat(answers.getFirst().path("result").asText()).isEqualTo("SUCCESS");
    assertThat(answers.getLast().path("result").asText()).isEqualTo("SUCCESS");
    assertThat(answers.subList(1, 11))
        .allSatisfy(answer -> {
          assertThat(answer.path("result").asText()).isEqualTo("FAILURE");
          assertThat(answer.path("reason").asText()).isIn("bad-request", "malformed");
        });
    assertThat(answers.get(3).path("id").asText()).isEqualTo("cut");
    assertThat(answers.get(6).path("id").asText()).isEqualTo("one");
    assertThat(answers.get(8).path("id").asInt()).isEqualTo(7);
    assertThat(answers.get(9).path("id").asText()).isEqualTo("odd");
  }

  @Test
  void a_line_without_end_is_refused_without_being_kept() throws Exception {
    byte[] head = "{\"id\": \"long\", \"leaf\": \"".getBytes(StandardCharsets.UTF_8);
    byte[] tail = ("\n" + request() + "\n").getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream();
    new Batch(PATHS, new PrintStream(out, true, StandardCharsets.UTF_8))
        .run(new Endless(head, JsonLine.LONGEST + 1000L, tail));
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).contains("\"long\"", "FAILURE", "bad-request");
    assertThat(lines.getLast()).contains("\"one\"", "SUCCESS");
  }

  /** Some bytes, very many more, and some again. */
  private static final class Endless extends InputStream {
    private final byte[] head;
    private final long middle;
    private final byte[] tail;
    private long at;

    Endless(byte[] head, long middle, byte[] tail) {
      this.head = head;
      this.middle = middle;
      this.tail = tail;
    }

    @Override
    public int read() {
      long place = at++;
      if (place < head.length) {
        return head[(int) place];
      }
      long rest = place - head.length - middle;
      return rest < 0 ? 'A' : rest < tail.length ? tail[(int) rest] : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) {
      int count = 0;
      for (int b = 0; count < length && (b = read()) >= 0; count++) {
        into[from + count] = (byte) b;
      }
      return count == 0 ? -1 : count;
    }
  }

  @Test
  void answers_come_in_the_order_of_the_questions() throws Exception {
    String input =
        String.join(
            "\n", IntStream.range(0, 500).mapToObj(i -> request().put("id", i) + "").toList());
    List<JsonNode> answers = ask(PATHS, input);
    assertThat(answers)
        .map(answer -> answer.path("id").asInt())
        .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
  }

  @Test
  void an_answer_does_not_wait_for_the_next_question() throws Exception {
    try (var in = new PipedInputStream(1 << 20);
        var answers = new PipedInputStream(1 << 20);
        var out = new PrintStream(new PipedOutputStream(answers), true, StandardCharsets.UTF_8)) {
      Thread batch = Thread.ofPlatform().unstarted(() -> runQuietly(in, out));
      try (var questions = new PipedOutputStream(in)) {
        batch.start();
        for (int i = 0; i < 3; i++) {
          questions.write((request().put("id", i) + "\n").getBytes(StandardCharsets.UTF_8));
          questions.flush();
          assertThat(line(answers)).contains("\"id\":" + i);
        }
      }
      batch.join();
    }
  }

  private static void runQuietly(InputStream in, PrintStream out) {
    try {
      new Batch(PATHS, out).run(in);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_bug_costs_one_answer() throws Exception {
    Question buggy =
        new Question() {
          @Override
          public Answer answer(Fields request) throws Fields.BadRequestException {
            if (request.flag("bug")) {
              throw new IllegalStateException("seeded");
            }
            return Answer.of("PARSED");
          }

          @Override
          public Answer refused(String reason, String detail) {
            return Answer.of("REJECT", reason, detail);
          }
        };
    List<JsonNode> answers = ask(buggy, "{}\n{\"bug\": true}\n{}\n");
    assertThat(answers)
        .map(answer -> answer.path("result").asText())
        .containsExactly("PARSED", "REJECT", "PARSED");
    assertThat(answers.get(1).path("reason").asText()).isEqualTo("internal-error");
  }

  @Test
  void parsing_tells_each_kind_from_the_others() throws Exception {
    String certificate = "{\"id\":1,\"der\":\"" + ALICE.der().base64() + "\"}\n";
    Bytes key = ALICE.publicKey().der();
    String publicKey = "{\"id\":2,\"der\":\"" + key.base64() + "\"}\n";
    for (ParseQuestion.Kind kind : ParseQuestion.Kind.values()) {
      List<JsonNode> answers =
          ask(new ParseQuestion(kind), certificate + publicKey + "{\"id\":3}\n");
      assertThat(answers)
          .as(kind.name())
          .map(answer -> answer.path("result").asText())
          .containsExactly(
              kind == ParseQuestion.Kind.CERT ? "PARSED" : "REJECT",
              kind == ParseQuestion.Kind.KEY ? "PARSED" : "REJECT",
              "REJECT");
      assertThat(answers.getLast().path("reason").asText()).isEqualTo("bad-request");
    }
  }
}
