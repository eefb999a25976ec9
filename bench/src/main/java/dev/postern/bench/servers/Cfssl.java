package dev.postern.bench.servers;

import dev.postern.bench.Lab;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** {@code cfssl serve} with the bench's CA, TLS for clients with certificates, and SQLite. */
public final class Cfssl {
  public static final String NAME = "cfssl";

  /** As its migrations make them, with the journal that lets it write fastest. */
  private static final List<String> SCHEMA =
      List.of(
          "pragma journal_mode = wal",
          "create table certificates (serial_number blob not null,"
              + " authority_key_identifier blob not null, ca_label blob, status blob not null,"
              + " reason int, expiry timestamp, revoked_at timestamp, pem blob not null,"
              + " primary key (serial_number, authority_key_identifier))",
          "create table ocsp_responses (serial_number blob not null,"
              + " authority_key_identifier blob not null, body blob not null, expiry timestamp,"
              + " primary key (serial_number, authority_key_identifier))");

  private final Server server;
  private final Path ledger;

  private Cfssl(Server server, Path ledger) {
    this.server = server;
    this.ledger = ledger;
  }

  /** On these CPUs, as many threads as there are. */
  public static Cfssl start(Lab lab, String cpus, int threads) {
    Path folder = lab.folder(NAME);
    int port = Daemon.freePort();
    Path ledger = folder.resolve("certificates.db");
    database(ledger);
    Path config = Peers.write(folder, "cfssl.json", Map.of());
    Path database = Peers.write(folder, "cfssl-db.json", Map.of());
    Path pki = lab.pki().folder();
    return new Cfssl(
        Daemon.start(
            NAME,
            cpus,
            folder,
            port,
            List.of(
                ("env GOMAXPROCS=" + threads + " cfssl serve -loglevel 2")
                    .concat(" -address 127.0.0.1 -port " + port)
                    .concat(" -ca " + pki.resolve("issuing.pem"))
                    .concat(" -ca-key " + pki.resolve("issuing.key"))
                    .concat(" -tls-cert " + pki.resolve("server.pem"))
                    .concat(" -tls-key " + pki.resolve("server.key"))
                    .concat(" -mutual-tls-ca " + pki.resolve("client-ca.pem"))
                    .concat(" -config " + config + " -db-config " + database)
                    .split(" "))),
        ledger);
  }

  private static void database(Path file) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      for (String each : SCHEMA) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public Server server() {
    return server;
  }

  /** Certificates on the disk. */
  public long stored() {
    return Ledgers.number(ledger, "select count(*) from certificates");
  }

  /** Its own word for a request. */
  public static String order(String pem, String host) {
    return "{\"certificate_request\":\"%s\",\"hostname\":\"%s\"}"
        .formatted(pem.replace("\n", "\\n"), host);
  }

  /** Where orders go. */
  public static String path() {
    return "/api/v1/cfssl/sign";
  }
}
