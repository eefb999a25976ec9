package dev.postern.ledger;

import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SerialNumber;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/**
 * What a certificate is found by (decision 0013): each word in its subject, its names and its user,
 * and each beginning of it from three letters on; its serial number by either end; and what a
 * filter may name. All beginnings are written down, so that every question is one term, whose
 * certificates lie together in order.
 */
final class Terms {
  /** Shorter words are found as a whole only. */
  private static final int SHORTEST = 3;

  /** Letters of a word that count. */
  private static final int LONGEST = 16;

  /** As many digits as {@link SerialNumber#tail} shows. */
  private static final int SERIAL_END = 8;

  /** Beyond this many, further names are not looked into. */
  private static final int MOST = 500;

  private static final int MOST_ASKED = 8;

  private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2})+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  private Terms() {}

  static String user(String name) {
    return "=user:" + Fold.ascii(name);
  }

  static String profile(String name) {
    return "=profile:" + name;
  }

  static String standing(Standing standing) {
    return "=standing:" + standing;
  }

  /** What must be found for {@code text} to be found; empty when there is no word in it. */
  static Set<String> asked(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    Set<String> asked = new LinkedHashSet<>();
    words(SERIAL.matcher(plain).matches() ? plain.replace(":", "") : text).stream()
        .limit(MOST_ASKED)
        .forEach(word -> asked.add(cut(word)));
    return asked;
  }

  /** Adds what an issued certificate is found by. */
  static void insert(
      Handle handle, long ordinal, Certificate certificate, String profile, Optional<String> user) {
    List<String> names =
        certificate.subjectAlternativeNames().stream().map(GeneralName::text).toList();
    Set<String> own = of(certificate.serialNumber(), certificate.subject().toString(), names);
    Set<String> terms = with(own, profile, user);
    var batch = handle.prepareBatch("insert into certificate_terms values (?, ?, ?)");
    terms.forEach(term -> batch.add(term, ordinal, certificate.notAfter().toEpochMilli()));
    batch.execute();
  }

  /** What is found in the certificate itself. */
  static Set<String> of(SerialNumber serial, String subject, List<String> names) {
    Set<String> terms = new LinkedHashSet<>();
    serial(terms, serial);
    beginnings(terms, subject);
    for (String name : names) {
      if (terms.size() < MOST) {
        beginnings(terms, name);
      }
    }
    return terms;
  }

  /** What a good certificate is found by; {@code own} as {@link #of} has it. */
  static Set<String> with(Set<String> own, String profile, Optional<String> user) {
    Set<String> terms = new LinkedHashSet<>(own);
    terms.add(standing(Standing.GOOD));
    terms.add(profile(profile));
    user.ifPresent(name -> {
      terms.add(user(name));
      beginnings(terms, name);
    });
    return terms;
  }

  /** Moves a certificate to where {@code standing} is looked for. */
  static void restate(Handle handle, String serial, Standing standing) {
    List<String> all = Arrays.stream(Standing.values()).map(Terms::standing).toList();
    handle
        .createUpdate(
            "delete from certificate_terms where term in (<all>)"
                + " and ordinal = (select ordinal from certificates where serial = :serial)")
        .bindList("all", all)
        .bind("serial", serial)
        .execute();
    handle.execute(
        "insert into certificate_terms select ?, ordinal, not_after from certificates"
            + " where serial = ? and ordinal is not null",
        standing(standing),
        serial);
  }

  private static void serial(Set<String> terms, SerialNumber serial) {
    String hex = serial.hex();
    terms.add(serial.tail());
    terms.add(hex.substring(0, Math.min(SERIAL_END, hex.length())));
    terms.add(cut(hex));
  }

  private static void beginnings(Set<String> terms, String text) {
    for (String word : words(text)) {
      for (int length = SHORTEST; length < word.length() && length <= LONGEST; length++) {
        terms.add(cut(word.substring(0, length)));
      }
      terms.add(cut(word));
    }
  }

  /** Letters and digits; everything else is between the words. */
  private static List<String> words(String text) {
    String normal = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return WORD.matcher(normal).results().map(result -> result.group()).toList();
  }

  /** Never in the middle of a surrogate pair. */
  private static String cut(String word) {
    int end = Math.min(LONGEST, word.length());
    return word.substring(0, Character.isHighSurrogate(word.charAt(end - 1)) ? end - 1 : end);
  }
}
