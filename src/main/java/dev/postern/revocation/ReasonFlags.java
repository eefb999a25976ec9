package dev.postern.revocation;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.jspecify.annotations.Nullable;

/**
 * The reasons that a CRL or distribution point covers (RFC 5280 §4.2.1.13).
 *
 * <pre>
 * ReasonFlags ::= BIT STRING {
 *      unused                  (0),
 *      keyCompromise           (1),
 *      cACompromise            (2),
 *      affiliationChanged      (3),
 *      superseded              (4),
 *      cessationOfOperation    (5),
 *      certificateHold         (6),
 *      privilegeWithdrawn      (7),
 *      aACompromise            (8) }
 * </pre>
 */
final class ReasonFlags {
  private static final List<CrlReason> BITS =
      List.of(
          CrlReason.KEY_COMPROMISE,
          CrlReason.CA_COMPROMISE,
          CrlReason.AFFILIATION_CHANGED,
          CrlReason.SUPERSEDED,
          CrlReason.CESSATION_OF_OPERATION,
          CrlReason.CERTIFICATE_HOLD,
          CrlReason.PRIVILEGE_WITHDRAWN,
          CrlReason.AA_COMPROMISE);

  /** The "all-reasons" of §6.3.2 (a). */
  static final Set<CrlReason> ALL = Collections.unmodifiableSet(EnumSet.copyOf(BITS));

  private ReasonFlags() {}

  /** Absent flags mean: all reasons. */
  static Set<CrlReason> of(@Nullable ASN1BitString flags) {
    if (flags == null) {
      return ALL;
    }
    byte[] octets = flags.getBytes();
    Set<CrlReason> reasons = EnumSet.noneOf(CrlReason.class);
    for (int i = 0; i < BITS.size(); i++) {
      int bit = i + 1;
      if (bit / 8 < octets.length && (octets[bit / 8] & (0x80 >> bit % 8)) != 0) {
        reasons.add(BITS.get(i));
      }
    }
    return Collections.unmodifiableSet(reasons);
  }
}
