package dev.postern.ledger;

import dev.postern.revocation.IssuedStatus;
import dev.postern.x509.Bytes;
import dev.postern.x509.SerialNumber;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** The status of one certificate, as it stands in the tables at this moment. */
public final class IssuedStatuses {
  private static final IssuedStatus GOOD = new IssuedStatus.Good();
  private static final IssuedStatus NEVER = new IssuedStatus.NeverIssued();

  private final Database database;

  IssuedStatuses(Database database) {
    this.database = database;
  }

  /** Of the certificate with this number that the issuer with this key issued. */
  public IssuedStatus of(Bytes issuerKeyIdentifier, SerialNumber serial) {
    if (serial.value().signum() <= 0 || serial.value().bitLength() > 160) {
      return NEVER; // RFC 5280 §4.1.2.2; anybody may ask anything
    }
    return database.read(handle ->
        handle
            .createQuery(
                "select r.state, r.reason, r.revoked_at from certificates c"
                    + " left join revocations r on r.serial = c.serial"
                    + " where c.serial = ? and c.issuer_key_id = ? and c.state = 'ISSUED'")
            .bind(0, Certificates.text(serial))
            .bind(1, issuerKeyIdentifier.hex())
            .map((row, _) -> status(row))
            .findOne()
            .orElse(NEVER));
  }

  private static IssuedStatus status(ResultSet row) throws SQLException {
    String state = row.getString("state");
    if (state == null || state.equals("RELEASED")) {
      return GOOD;
    }
    return new IssuedStatus.Revoked(
        Instant.ofEpochMilli(row.getLong("revoked_at")),
        Revocations.reason(state, row.getInt("reason")));
  }
}
