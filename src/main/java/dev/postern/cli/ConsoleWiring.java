package dev.postern.cli;

import dev.postern.access.Directory;
import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.config.PagesConfig;
import dev.postern.config.PosternConfig;
import dev.postern.console.Console;
import dev.postern.console.ConsoleServices;
import dev.postern.console.ConsoleSite;
import dev.postern.console.Inviting;
import dev.postern.enrol.InvitationDesk;
import dev.postern.gateway.GatewayState;
import dev.postern.gateway.Site;
import dev.postern.ledger.SignIns;
import dev.postern.web.QrCode;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the console is given of everything else. */
final class ConsoleWiring {
  private final Workspace workspace;
  private final Directory directory;
  private final SignIns signIns;
  private final Supplier<GatewayState> inForce;

  /** {@code directory} as the gateway follows it. */
  ConsoleWiring(
      Workspace workspace, Directory directory, SignIns signIns, Supplier<GatewayState> inForce) {
    this.workspace = workspace;
    this.directory = directory;
    this.signIns = signIns;
    this.inForce = inForce;
  }

  Console of(PosternConfig config) {
    List<Certificate> authorities = new ArrayList<>(workspace.issuer().above());
    authorities.addFirst(workspace.issuer().certificate());
    return Console.of(
        new ConsoleServices(
            config.name(),
            workspace.ledger(),
            workspace.clock(),
            this::loaded,
            signIns,
            authorities,
            config.publish().url(),
            (user, device, validity, requester) ->
                invite(config.pages(), user, device, validity, requester),
            new RequestSigning(config.name(), workspace::authority, this::user)));
  }

  /** Whom the gateway would let in; only whom it would not is looked up once more. */
  private Optional<User> user(String name) {
    return directory
        .named(name)
        .filter(user -> user.state() == User.State.ENABLED)
        .or(() -> workspace.users().named(name));
  }

  private ConsoleServices.Loaded loaded() {
    GatewayState state = inForce.get();
    return new ConsoleServices.Loaded(
        state.sites().stream()
            .map(site ->
                new ConsoleSite(
                    site.host(), site.rules(), upstream(site), site.expiry().latecomers()))
            .toList(),
        state.doorkeeper(),
        state.ways());
  }

  private static String upstream(Site site) {
    return switch (site.destination()) {
      case Site.Destination.Relayed(var upstream) -> upstream.text();
      case Site.Destination.Internal _ -> "Postern";
    };
  }

  private Inviting.Outcome invite(
      PagesConfig pages,
      String name,
      Optional<String> device,
      Duration validity,
      Requester requester) {
    Optional<InvitationDesk> desk = workspace.invitationDesk(pages);
    Optional<User> user = workspace.users().named(name);
    if (desk.isEmpty()) {
      return new Inviting.Refused("enrolment is switched off: pages.enrol is off");
    }
    if (user.isEmpty()) {
      return new Inviting.Refused("there is no user " + name);
    }
    return switch (desk.get().invite(user.get(), device, validity, requester)) {
      case InvitationDesk.Outcome.Refused(String reason) -> new Inviting.Refused(reason);
      case InvitationDesk.Outcome.Invited(var invitation, String link) ->
          new Inviting.Invited(
              invitation.id(), URI.create(link), svg(link), invitation.expiresAt());
    };
  }

  private static String svg(String link) {
    QrCode code = QrCode.of(link);
    return """
    <svg class="qr" viewBox="0 0 %1$d %1$d" role="img" aria-label="QR code with the link" \
    xmlns="http://www.w3.org/2000/svg"><rect width="100%%" height="100%%" fill="#fff"/>\
    <path fill="#000" d="%2$s"/></svg>\
    """
        .formatted(code.size(), code.path());
  }
}
