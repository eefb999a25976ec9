package dev.postern.console;

import java.util.List;

/**
 * What the templates {@code person.jte}, {@code personState.jte} and {@code personAdd.jte} show.
 *
 * @param typed what the form holds
 * @param version of the user that the form was made from
 */
public record UserPage(
    String name,
    boolean enabled,
    Typed typed,
    String version,
    List<CertificateRow> certificates,
    boolean more,
    List<InvitationRow> invitations,
    List<EventRow> history) {
  /** The fields of the form. */
  public record Typed(String name, String displayName, String email, String groups) {}

  public String address() {
    return "/people/" + Screen.escaped(name);
  }

  public String certificatesAddress() {
    return "/certificates?user=" + Screen.escaped(name);
  }
}
