package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.Order;
import dev.postern.authority.Problem;
import dev.postern.authority.Profile;
import dev.postern.enrol.UserOrder;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SubjectPublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code issue}, {@code sign} and {@code renew} share: orders in the house's form, and what is
 * said about the outcome.
 */
final class Issuing {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  /** ub-common-name (RFC 5280 appendix A). */
  private static final int LONGEST_COMMON_NAME = 64;

  private final Terminal terminal;
  private final Workspace workspace;
  private final SecureRandom random = new SecureRandom();

  Issuing(Terminal terminal, Workspace workspace) {
    this.terminal = terminal;
    this.workspace = workspace;
  }

  /**
   * Subject {@code CN=Alice (laptop),UID=alice,O=Example}; the user's e-mail address as alternative
   * name.
   */
  Order forUser(
      Profile profile,
      User user,
      Optional<String> device,
      List<GeneralName> names,
      SubjectPublicKey key,
      Optional<Duration> validity) {
    try {
      return UserOrder.of(workspace.name(), profile, user, device, names, key, validity);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused("the subject cannot be written: " + e.getMessage());
    }
  }

  /**
   * Subject {@code CN=wiki.example.com,O=Example}; browsers look at the alternative names alone.
   */
  static Order forHost(
      String organization,
      List<GeneralName> names,
      SubjectPublicKey key,
      Optional<Duration> validity) {
    try {
      return hostOrder(organization, names, key, validity);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused("the subject cannot be written: " + e.getMessage());
    }
  }

  /** {@link IllegalArgumentException} when the subject cannot be written. */
  static Order hostOrder(
      String organization,
      List<GeneralName> names,
      SubjectPublicKey key,
      Optional<Duration> validity) {
    String called =
        names.stream()
            .map(name -> name.text().substring(name.text().indexOf(':') + 1))
            .filter(text -> text.length() <= LONGEST_COMMON_NAME)
            .findFirst()
            .orElse("server");
    DistinguishedName subject =
        DistinguishedName.builder().organization(organization).commonName(called).build();
    return new Order(key, subject, names, Optional.empty(), validity);
  }

  /** The user, if there is one and the door is not closed to them. */
  User enabledUser(String name) {
    User user = workspace.user(name);
    return switch (user.state()) {
      case ENABLED -> user;
      case DISABLED ->
          throw CommandFailure.refused(
              "user " + name + " is disabled; postern user enable " + name + " lets them in again");
    };
  }

  /**
   * {@code postern issue client} and {@code device}: the file reserved, the user looked at, then
   * the key made.
   */
  static void toUser(
      Terminal terminal,
      WorkspaceOptions where,
      IssueOptions options,
      Profile profile,
      String name,
      Optional<String> device,
      List<GeneralName> further) {
    try (var workspace = Workspace.open(where, terminal);
        var bundle = Bundle.reserve(options, name, IssueOptions.Format.P12)) {
      var issuing = new Issuing(terminal, workspace);
      User user = issuing.enabledUser(name);
      issuing.withNewKey(
          workspace.authority(),
          options,
          bundle,
          profile,
          key -> issuing.forUser(profile, user, device, further, key, options.validity()));
    }
  }

  /** Issues with a new key into {@code bundle}, and says so. */
  void withNewKey(
      Authority authority, IssueOptions options, Bundle bundle, Profile profile, OrderFor order) {
    Optional<Passphrase> given =
        options
            .passwordFile()
            .map(file -> new PassphraseSource(terminal).fresh(Optional.of(file), "it"));
    Passphrase password = given.orElseGet(() -> Passphrase.generate(random));
    SecretKeyPair pair = SecretKeyPair.generate(options.key(), random);
    Order wanted = order.with(pair.publicKey());
    Issuance.Issued issued = issued(authority.issue(wanted, profile, workspace.requester()));
    String friendlyName = issued.certificate().subject().commonName().orElse("Postern");
    bundle.write(pair, issued, friendlyName, password, random);
    options
        .result()
        .tell(
            terminal,
            () -> {
              Map<String, Object> json = Result.issued(workspace, issued);
              bundle.addTo(json);
              if (given.isEmpty()) {
                json.put("password", password.reveal());
              }
              return json;
            },
            () -> {
              say(issued, bundle.text());
              if (given.isEmpty()) {
                terminal.printMarked(
                    "Password:  @|bold " + password.reveal() + "|@   (shown this once)");
              }
            });
  }

  /** An order that only lacks the key. */
  interface OrderFor {
    Order with(SubjectPublicKey key);
  }

  void say(Issuance.Issued issued, String where) {
    var certificate = issued.certificate();
    terminal.print(
        "Issued     " + certificate.subject() + ", until " + DAY.format(certificate.notAfter()));
    if (!certificate.subjectAlternativeNames().isEmpty()) {
      terminal.print(
          "Names      "
              + String.join(
                  ", ",
                  certificate.subjectAlternativeNames().stream().map(GeneralName::text).toList()));
    }
    terminal.print("Serial     " + certificate.serialNumber().hex());
    terminal.print("File       " + where);
  }

  /** The certificate, or the command ends with every reason. */
  static Issuance.Issued issued(Issuance issuance) {
    return switch (issuance) {
      case Issuance.Issued issued -> issued;
      case Issuance.Refused(List<Problem> problems) ->
          throw CommandFailure.refused(problems.stream().map(Problem::toString).toList());
    };
  }
}
