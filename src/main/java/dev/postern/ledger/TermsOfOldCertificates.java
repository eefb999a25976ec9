package dev.postern.ledger;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Writes down {@link Terms} for what was issued before there were any: SQL cannot tell words. */
final class TermsOfOldCertificates implements JavaMigration {
  private static final int AT_ONCE = 500;

  private record Old(
      String serial,
      long ordinal,
      Certificate certificate,
      String profile,
      Optional<String> user,
      Optional<Standing> standing) {}

  @Override
  public MigrationVersion getVersion() {
    return MigrationVersion.fromVersion("5");
  }

  @Override
  public String getDescription() {
    return "terms of old certificates";
  }

  @Override
  public Integer getChecksum() {
    return 1;
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }

  @Override
  public void migrate(Context context) {
    Handle handle = Jdbi.create(context.getConnection()).open();
    long done = 0;
    for (List<Old> some = after(handle, done); !some.isEmpty(); some = after(handle, done)) {
      for (Old old : some) {
        Terms.insert(handle, old.ordinal(), old.certificate(), old.profile(), old.user());
        old.standing().ifPresent(standing -> Terms.restate(handle, old.serial(), standing));
        done = old.ordinal();
      }
    }
  }

  private static List<Old> after(Handle handle, long done) {
    return handle
        .createQuery(
            "select c.serial, c.ordinal, c.der, c.profile, c.user_name, r.state as standing"
                + " from certificates c left join revocations r"
                + " on r.serial = c.serial and r.state <> 'RELEASED'"
                + " where c.ordinal > :done order by c.ordinal limit :limit")
        .bind("done", done)
        .bind("limit", AT_ONCE)
        .map((row, _) -> old(row))
        .list();
  }

  private static Old old(ResultSet row) throws SQLException {
    try {
      return new Old(
          row.getString("serial"),
          row.getLong("ordinal"),
          Certificate.parse(Bytes.of(row.getBytes("der"))),
          row.getString("profile"),
          Optional.ofNullable(row.getString("user_name")),
          Optional.ofNullable(row.getString("standing")).map(Standing::valueOf));
    } catch (MalformedException e) {
      throw new SQLException("a certificate in the ledger does not parse", e);
    }
  }
}
