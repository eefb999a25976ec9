package dev.postern.mail;

import dev.postern.ledger.Reminder;
import dev.postern.web.Language;
import dev.postern.web.Texts;
import dev.postern.x509.Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What letters say: for people who never heard of certificates. The words are in {@code
 * mail.properties}.
 *
 * @param me the address of the page where people renew; empty where there is none
 * @param contact who helps, as the configuration has it: {@code mailto:} or {@code https:}
 */
public record ReminderWriter(
    String organization, Mailbox from, Optional<String> me, Optional<String> contact) {
  private static final Language TEXTS = Texts.of("dev.postern.mail.mail").in("");
  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

  /** {@link IllegalArgumentException} when the user's address is none that mail can be sent to. */
  public Letter reminder(Reminder reminder) {
    Certificate certificate = reminder.certificate();
    Map<String, String> values = values();
    values.put("person", Plain.line(reminder.person()));
    values.put("user", Plain.line(reminder.user()));
    values.put("device", device(certificate));
    values.put("until", TEXTS.longMoment(certificate.notAfter()));
    values.put("day", TEXTS.longDay(certificate.notAfter()));
    String text =
        filled("reminder.begin", values)
            + filled(me.isPresent() ? "reminder.renew" : "reminder.ask", values)
            + help(values)
            + filled("end", values);
    return new Letter(
        from,
        new Mailbox(Optional.of(reminder.person()), reminder.email()),
        filled("reminder.subject", values),
        text,
        "reminder."
            + certificate.serialNumber().hex()
            + "."
            + reminder.before()
            + "@"
            + from.domain());
  }

  /** For {@code postern mail test}; {@code mark} makes its Message-ID unlike any other. */
  public Letter test(Mailbox to, String mark) {
    Map<String, String> values = values();
    return new Letter(
        from,
        to,
        filled("test.subject", values),
        filled("test", values) + filled("end", values),
        "test." + mark + "@" + from.domain());
  }

  /** What the person calls the device: the common name of its certificate has it. */
  public static String device(Certificate certificate) {
    return Plain.line(
        certificate.subject().commonName().orElseGet(() -> certificate.subject().toString()));
  }

  private Map<String, String> values() {
    Map<String, String> values = new HashMap<>();
    values.put("organization", Plain.line(organization));
    values.put("me", me.orElse(""));
    values.put("contact", contact.map(text -> text.replaceFirst("^mailto:", "")).orElse(""));
    return values;
  }

  private String help(Map<String, String> values) {
    return contact.isPresent()
        ? filled("help.contact", values)
        : me.isPresent() ? filled("help.administrator", values) : "";
  }

  /** In one pass: what is filled in is not looked at again. */
  private static String filled(String key, Map<String, String> values) {
    return PLACE
        .matcher(TEXTS.text(key))
        .replaceAll(
            place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), place.group())));
  }
}
