package dev.postern.console;

import dev.postern.ledger.Answers;
import dev.postern.ledger.Answers.Answer;
import dev.postern.ledger.Answers.Claim;
import dev.postern.web.Pages;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Has a request with an {@code Idempotency-Key} done once, however often its client asks: the first
 * answer is given again for a day. The key is bound to who asks, to the address and to the body.
 * Whoever dies between the deed and its answer leaves the key free after a minute: what can be done
 * here can be done twice without harm.
 */
final class Once {
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private final Answers answers;
  private final InstantSource clock;
  private final Pages pages;

  Once(Answers answers, InstantSource clock, Pages pages) {
    this.answers = answers;
    this.clock = clock;
    this.pages = pages;
  }

  /** For answers that may be kept. */
  Routes.Page around(Routes.Page page) {
    return around(page, answer -> answer);
  }

  /** For answers with a secret in them: who asks again is told that it was done. */
  Routes.Page aroundSecret(Routes.Page page) {
    return around(
        page,
        answer ->
            answer.status() >= 300
                ? answer
                : kept(
                    Reply.of(
                        409,
                        "application/problem+json",
                        Bytes.of(
                            ("{\"type\":\"urn:postern:problem:done-before\",\"status\":409,"
                                    + "\"code\":\"done-before\",\"title\":\"This was done before.\","
                                    + "\"detail\":\"the link was shown once and is kept nowhere\"}\n")
                                .getBytes(StandardCharsets.UTF_8)))));
  }

  @FunctionalInterface
  private interface Keeping {
    Answer kept(Answer given);
  }

  private Routes.Page around(Routes.Page page, Keeping keeping) {
    return call -> {
      Optional<String> key = call.exchange().header("idempotency-key");
      if (key.isEmpty()) {
        return page.answer(call);
      }
      if (!KEY.matcher(key.get()).matches()) {
        throw new MalformedException(
            "Idempotency-Key", "is 1 to 255 letters, digits and signs without space");
      }
      Bytes bound = bound(call, key.get());
      return switch (answers.claim(bound, call.exchange().body().sha256(), clock.instant())) {
        case Claim.Answered(Answer answer) -> reply(answer);
        case Claim.Different() ->
            pages.tell(
                call.exchange(),
                Refusal.invalid("this Idempotency-Key was used before for something else"));
        case Claim.Running() ->
            pages.tell(
                call.exchange(),
                Problem.of(
                    409,
                    "in-progress",
                    "The same request is being worked on.",
                    "ask again in a moment"));
        case Claim.Fresh() -> first(page, call, bound, keeping);
      };
    };
  }

  private Reply first(Routes.Page page, Call call, Bytes key, Keeping keeping)
      throws MalformedException {
    boolean kept = false;
    try {
      Reply reply = page.answer(call);
      answers.keep(key, keeping.kept(kept(reply)));
      kept = true;
      return reply;
    } finally {
      if (!kept) {
        answers.release(key);
      }
    }
  }

  private static Bytes bound(Call call, String key) {
    String who = call.exchange().identity().map(each -> each.user().name()).orElse("");
    String all =
        who
            + "\n"
            + call.exchange().target().method()
            + " "
            + call.exchange().target().path()
            + "\n"
            + key;
    return Bytes.of(all.getBytes(StandardCharsets.UTF_8)).sha256();
  }

  private static Answer kept(Reply reply) {
    String headers =
        reply.headers().stream()
            .map(header -> header.name() + ": " + header.value())
            .collect(Collectors.joining("\n"));
    return new Answer(reply.status(), headers, reply.body());
  }

  private static Reply reply(Answer answer) {
    List<Reply.Header> headers =
        answer
            .headers()
            .lines()
            .map(line -> line.split(": ", 2))
            .map(parts -> new Reply.Header(parts[0], parts[1]))
            .toList();
    return new Reply(answer.status(), headers, answer.body()).with("idempotency-replayed", "true");
  }
}
