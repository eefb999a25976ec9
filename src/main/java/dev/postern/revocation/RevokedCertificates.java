package dev.postern.revocation;

import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The entries of a CRL (RFC 5280 §5.1.2.6), left in its octets, and one number each to find them
 * by: the hash of the serial number above the entry's position, sorted.
 *
 * <pre>
 * revokedCertificates     SEQUENCE OF SEQUENCE  {
 *      userCertificate         CertificateSerialNumber,
 *      revocationDate          Time,
 *      crlEntryExtensions      Extensions OPTIONAL }
 * </pre>
 */
final class RevokedCertificates {
  /** The contents of the object identifiers 2.5.29.21, .24 and .29. */
  private static final byte[] REASON_CODE = {0x55, 0x1D, 0x15};

  private static final byte[] INVALIDITY_DATE = {0x55, 0x1D, 0x18};
  private static final byte[] CERTIFICATE_ISSUER = {0x55, 0x1D, 0x1D};

  // What the extensions of one entry say, in one number: the reason code, and these.
  private static final int NAMES_ISSUER = 0x100;
  private static final int NOT_UNDERSTOOD = 0x200;

  private final DerOctets octets;
  private final int end;
  private final long[] index;

  /** Where the entries stand that name another issuer, for themselves and those behind them. */
  private final int[] issuerChanges;

  private final boolean understood;

  /** One entry: when and why. */
  record Revocation(Instant revocationDate, CrlReason reason) {}

  private RevokedCertificates(
      DerOctets octets, int end, long[] index, int[] issuerChanges, boolean understood) {
    this.octets = octets;
    this.end = end;
    this.index = index;
    this.issuerChanges = issuerChanges;
    this.understood = understood;
  }

  static RevokedCertificates none(DerOctets octets) {
    return new RevokedCertificates(octets, 0, new long[0], new int[0], true);
  }

  /** Reads all entries once, from {@code start} to {@code end}. */
  static RevokedCertificates of(DerOctets octets, int start, int end) throws MalformedException {
    long[] index = new long[count(octets, start, end)];
    int[] changes = new int[0];
    boolean understood = true;
    int position = start;
    for (int i = 0; i < index.length; i++) {
      int next = octets.end(position, end);
      int serial = octets.enter(DerOctets.SEQUENCE, position, end);
      int content = octets.enterInteger(serial, next);
      int date = octets.end(serial, next);
      index[i] = (long) octets.hash(content, date) << 32 | position;
      octets.time(date, next);
      int said = extensions(octets, octets.end(date, next), next);
      understood &= (said & NOT_UNDERSTOOD) == 0;
      if ((said & NAMES_ISSUER) != 0) {
        changes = Arrays.copyOf(changes, changes.length + 1);
        changes[changes.length - 1] = position;
      }
      position = next;
    }
    Arrays.sort(index);
    return new RevokedCertificates(octets, end, index, changes, understood);
  }

  private static int count(DerOctets octets, int start, int end) throws MalformedException {
    int count = 0;
    for (int position = start; position < end; position = octets.end(position, end)) {
      count++;
    }
    return count;
  }

  private static int extensions(DerOctets octets, int position, int limit)
      throws MalformedException {
    int said = 0;
    if (position == limit) {
      return said;
    }
    int each = octets.enter(DerOctets.SEQUENCE, position, limit);
    if (octets.end(position, limit) != limit) {
      throw octets.malformed(position, "an entry holds more than it may");
    }
    while (each < limit) {
      int next = octets.end(each, limit);
      said |= extension(octets, octets.enter(DerOctets.SEQUENCE, each, limit), next);
      each = next;
    }
    return said;
  }

  /** Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }. */
  private static int extension(DerOctets octets, int oid, int limit) throws MalformedException {
    int name = octets.enter(DerOctets.OBJECT_IDENTIFIER, oid, limit);
    int nameEnd = octets.end(oid, limit);
    int position = nameEnd;
    boolean critical = octets.is(DerOctets.BOOLEAN, position, limit);
    if (critical) {
      int flag = octets.enter(DerOctets.BOOLEAN, position, limit);
      position = octets.end(position, limit);
      if (position - flag != 1 || octets.octet(flag) != 0xFF) {
        throw octets.malformed(flag, "critical is neither TRUE nor absent");
      }
    }
    int value = octets.enter(DerOctets.OCTET_STRING, position, limit);
    if (octets.end(position, limit) != limit) {
      throw octets.malformed(position, "an extension holds more than it may");
    }
    if (octets.matches(name, nameEnd, REASON_CODE)) {
      return reasonCode(octets, value, limit);
    }
    if (octets.matches(name, nameEnd, CERTIFICATE_ISSUER)) {
      issuers(octets, value, limit);
      return NAMES_ISSUER;
    }
    return critical && !octets.matches(name, nameEnd, INVALIDITY_DATE) ? NOT_UNDERSTOOD : 0;
  }

  private static int reasonCode(DerOctets octets, int value, int limit) throws MalformedException {
    int code = octets.enter(DerOctets.ENUMERATED, value, limit);
    if (octets.end(value, limit) != limit || limit - code != 1 || octets.octet(code) > 0x7F) {
      throw octets.malformed(value, "is no reason code");
    }
    return octets.octet(code);
  }

  private static List<DistinguishedName> issuers(DerOctets octets, int value, int limit)
      throws MalformedException {
    String path = "crlEntryExtensions.2.5.29.29";
    var names = Parsing.der(path, octets.slice(value, limit), Parsing.MAX_STRUCTURE);
    return Parsing.at(
        path, () -> DistributionPoint.directoryNames(GeneralNames.getInstance(names)));
  }

  int size() {
    return index.length;
  }

  /** Whether no entry has a critical extension that is unknown here. */
  boolean isUnderstood() {
    return understood;
  }

  boolean namesIssuers() {
    return issuerChanges.length > 0;
  }

  /** The entry of one certificate; {@code crlIssuer} is meant where an entry names nobody. */
  Optional<Revocation> find(
      SerialNumber serial, DistinguishedName issuer, DistinguishedName crlIssuer) {
    byte[] wanted = serial.value().toByteArray();
    int hash = DerOctets.hash(wanted);
    Optional<Revocation> found = Optional.empty();
    // Equal hashes stand together; whoever makes many of them makes his own CRL slow, and no more.
    for (int i = firstOf(hash); i < index.length && (int) (index[i] >> 32) == hash; i++) {
      int position = (int) index[i];
      if (has(position, wanted) && issuersOf(position, crlIssuer).contains(issuer)) {
        Revocation revocation = revocation(position);
        if (revocation.reason() != CrlReason.REMOVE_FROM_CRL) {
          return Optional.of(revocation);
        }
        found = Optional.of(revocation);
      }
    }
    return found;
  }

  private int firstOf(int hash) {
    int at = Arrays.binarySearch(index, (long) hash << 32);
    return at < 0 ? -at - 1 : at;
  }

  private boolean has(int position, byte[] serial) {
    return read(() -> {
      int content = octets.enter(DerOctets.SEQUENCE, position, end);
      return octets.matches(
          octets.enter(DerOctets.INTEGER, content, end), octets.end(content, end), serial);
    });
  }

  /** §5.3.3: the nearest name at or above the entry. */
  private List<DistinguishedName> issuersOf(int position, DistinguishedName crlIssuer) {
    int at = Arrays.binarySearch(issuerChanges, position);
    int change = at < 0 ? -at - 2 : at;
    return change < 0 ? List.of(crlIssuer) : read(() -> namedBy(issuerChanges[change]));
  }

  private List<DistinguishedName> namedBy(int position) throws MalformedException {
    int entryEnd = octets.end(position, end);
    int each = octets.enter(DerOctets.SEQUENCE, extensionsOf(position), entryEnd);
    while (each < entryEnd) {
      int next = octets.end(each, entryEnd);
      int oid = octets.enter(DerOctets.SEQUENCE, each, next);
      int name = octets.enter(DerOctets.OBJECT_IDENTIFIER, oid, next);
      int nameEnd = octets.end(oid, next);
      if (octets.matches(name, nameEnd, CERTIFICATE_ISSUER)) {
        int value =
            octets.is(DerOctets.BOOLEAN, nameEnd, next) ? octets.end(nameEnd, next) : nameEnd;
        return issuers(octets, octets.enter(DerOctets.OCTET_STRING, value, next), next);
      }
      each = next;
    }
    throw new IllegalStateException("the entry named an issuer when it was read");
  }

  private int extensionsOf(int position) throws MalformedException {
    int serial = octets.enter(DerOctets.SEQUENCE, position, end);
    return octets.end(octets.end(serial, end), end);
  }

  private Revocation revocation(int position) {
    return read(() -> {
      int entryEnd = octets.end(position, end);
      int serial = octets.enter(DerOctets.SEQUENCE, position, end);
      Instant date = octets.time(octets.end(serial, entryEnd), entryEnd);
      int code = extensions(octets, extensionsOf(position), entryEnd) & 0xFF;
      // Revoked for a reason unknown here is revoked all the same.
      return new Revocation(date, CrlReason.of(code).orElse(CrlReason.UNSPECIFIED));
    });
  }

  /** What was read well once is read well again. */
  private static <T> T read(Parsing.Step<T> step) {
    try {
      return Parsing.at("revokedCertificates", step);
    } catch (MalformedException e) {
      throw new IllegalStateException("octets that do not change", e);
    }
  }
}
