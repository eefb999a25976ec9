package dev.postern.authority;

import dev.postern.authority.Ledger.Entry;
import java.util.List;

/** What came of a {@link StatusChange}; the entries show the status that is now in force. */
public sealed interface Revocation {
  /**
   * Written down: from now on every door of ours acts on it.
   *
   * @param unchanged those it was true of before, if for another reason
   */
  record Done(List<Entry> changed, List<Entry> unchanged) implements Revocation {
    public Done {
      changed = List.copyOf(changed);
      unchanged = List.copyOf(unchanged);
    }
  }

  /** Nothing was written, for none of the certificates. */
  record Refused(String reason) implements Revocation {}
}
