package dev.postern.enrol;

import dev.postern.access.User;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SubjectPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Orders for certificates of users, in the house's form. */
public final class UserOrder {
  /** ub-common-name (RFC 5280 appendix A). */
  private static final int LONGEST_COMMON_NAME = 64;

  private UserOrder() {}

  /** A long name is cut short: the userId tells who it is, this is for pickers. */
  private static String called(String person, String device) {
    int room = LONGEST_COMMON_NAME - device.length();
    return person.length() <= room || room < 2
        ? person + device
        : person
                .substring(0, person.offsetByCodePoints(0, person.codePointCount(0, room - 1)))
                .strip()
            + "…"
            + device;
  }

  /**
   * Subject {@code CN=Alice (laptop),UID=alice,O=Example}, since Firefox's picker shows the common
   * name alone; the user's e-mail address as alternative name. {@link IllegalArgumentException}
   * when the names cannot stand in a certificate.
   */
  public static Order of(
      String organization,
      Profile profile,
      User user,
      Optional<String> device,
      List<GeneralName> names,
      SubjectPublicKey key,
      Optional<Duration> validity) {
    DistinguishedName subject =
        DistinguishedName.builder()
            .organization(organization)
            .userId(user.name())
            .commonName(
                called(user.displayName(), device.map(text -> " (" + text + ")").orElse("")))
            .build();
    List<GeneralName> all = new ArrayList<>(names);
    if (profile.names().contains(Profile.NameKind.EMAIL)) {
      user.email()
          .map(GeneralName.Rfc822Name::new)
          .filter(email -> !all.contains(email))
          .ifPresent(all::add);
    }
    return new Order(key, subject, all, Optional.of(user.name()), validity);
  }
}
