package dev.postern.x509;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x509.Time;

/**
 * Time (RFC 5280 §4.1.2.5). Bouncy Castle makes a SimpleDateFormat for each, which was a twentieth
 * of what a certificate costs.
 */
public final class Moments {
  private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

  /** How Bouncy Castle writes what RFC 5280 allows: the year in four digits, to the second. */
  private static final String ZULU = "GMT+00:00";

  private static final int DIGITS = 14;

  private Moments() {}

  /** UTCTime through 2049, GeneralizedTime from 2050 on; to the second. */
  public static Time time(Instant instant) {
    var moment = instant.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
    return moment.getYear() >= 1950 && moment.getYear() < 2050
        ? new Time(new DERUTCTime(UTC_TIME.format(moment)))
        : new Time(new DERGeneralizedTime(GENERALIZED_TIME.format(moment)));
  }

  /** Whatever is not written as RFC 5280 wants it is left to Bouncy Castle. */
  static Instant of(Time time) {
    String text =
        switch (time.toASN1Primitive()) {
          case ASN1UTCTime utc -> utc.getAdjustedTime();
          case ASN1GeneralizedTime general -> general.getTime();
          default -> "";
        };
    if (text.length() != DIGITS + ZULU.length()
        || !text.endsWith(ZULU)
        || !text.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9')) {
      return time.getDate().toInstant();
    }
    try {
      return LocalDateTime.of(
              number(text, 0, 4),
              number(text, 4, 6),
              number(text, 6, 8),
              number(text, 8, 10),
              number(text, 10, 12),
              number(text, 12, 14))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return time.getDate().toInstant(); // the 31st of June, which Bouncy Castle takes for July
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
