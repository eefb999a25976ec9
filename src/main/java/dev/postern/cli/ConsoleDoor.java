package dev.postern.cli;

import dev.postern.access.Role;
import dev.postern.access.User;
import dev.postern.ledger.CertificateQuery;
import java.util.List;

/** The console's only door is a certificate: whoever shuts it from a terminal is told. */
final class ConsoleDoor {
  private ConsoleDoor() {}

  /** Says so when there are administrators, and none of them can sign in. */
  static void warn(Workspace workspace, Terminal terminal) {
    List<User> administrators =
        workspace.users().all().stream()
            .filter(user -> user.groups().contains(Role.ADMIN.group()))
            .toList();
    if (workspace.config().pages().admin().isPresent()
        && !administrators.isEmpty()
        && administrators.stream().noneMatch(user -> maySignIn(workspace, user))) {
      terminal.remark(
          "postern: warning: no member of "
              + Role.ADMIN.group()
              + " can sign in to the console now; postern invite NAME, or postern issue client"
              + " NAME, lets one in");
    }
  }

  private static boolean maySignIn(Workspace workspace, User user) {
    var running = CertificateQuery.ALL.user(user.name()).expiringAfter(workspace.now());
    return user.state() == User.State.ENABLED
        && workspace.ledger().list(running).entries().stream()
            .anyMatch(entry -> entry.isGoodAt(workspace.now()));
  }
}
