package dev.postern.console;

import dev.postern.ledger.Event;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An event in one line. */
public record EventRow(
    long position,
    Instant at,
    String kind,
    String subject,
    @Nullable String address,
    String detail,
    String who) {
  private static final int SERIAL_SHOWN = 12;

  static EventRow of(Event event) {
    boolean certificate = event.kind().startsWith("certificate.");
    boolean user = event.kind().startsWith("user.");
    String detail =
        Views.detail(event).entrySet().stream()
            .filter(each -> !each.getValue().isBlank() && !each.getKey().equals("fingerprint"))
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(" · "));
    String subject = event.subject();
    return new EventRow(
        event.position(),
        event.at(),
        event.kind(),
        certificate && subject.length() > SERIAL_SHOWN
            ? "…" + subject.substring(subject.length() - 8)
            : subject,
        certificate
            ? "/certificates/" + subject
            : user ? "/people/" + Screen.escaped(subject) : null,
        detail,
        event.who());
  }
}
