package dev.postern.cli.verify;

import dev.postern.path.PathProblem;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a line out says besides its id and time.
 *
 * @param result a word of the contract: {@code SUCCESS}, {@code REJECT} …
 * @param reason a stable code, empty where there is nothing to explain
 * @param detail a sentence for people, empty likewise
 * @param chain the fingerprints of a valid path, leaf first, anchor last
 */
public record Answer(String result, String reason, String detail, List<Bytes> chain) {
  /** Stable reasons beside those of {@link PathProblem.Code}. */
  public static final String REVOKED = "revoked";

  public static final String STATUS_UNKNOWN = "status-unknown";

  /** Bytes that are not what they should be. */
  public static final String MALFORMED = "malformed";

  /** A line that does not keep to the contract. */
  public static final String BAD_REQUEST = "bad-request";

  public Answer {
    chain = List.copyOf(chain);
  }

  static Answer of(String result) {
    return new Answer(result, "", "", List.of());
  }

  static Answer of(String result, String reason, String detail) {
    return new Answer(result, reason, detail, List.of());
  }

  /** SHA-256 of each certificate of the path, leaf first, anchor last. */
  public static List<Bytes> fingerprints(VerifiedPath path) {
    List<Bytes> chain = new ArrayList<>();
    path.certificates().stream().map(Certificate::fingerprint).forEach(chain::add);
    Bytes anchor = path.anchor().certificate().fingerprint();
    if (!chain.getLast().equals(anchor)) {
      chain.add(anchor);
    }
    return chain;
  }
}
