package dev.postern.path;

import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a certificate is for the names that were asked for (RFC 9525 §6). Only subjectAltName
 * speaks; the common name is prose, and was a host name only in an earlier {@link Era}.
 */
final class PeerNames {
  private final PathRules rules;

  PeerNames(PathRules rules) {
    this.rules = rules;
  }

  /** Those of {@code wanted} that {@code leaf} does not have. */
  List<GeneralName> missing(List<GeneralName> wanted, Certificate leaf) {
    List<GeneralName> has = new ArrayList<>(leaf.subjectAlternativeNames());
    if (rules.era().isPast()) {
      has.addAll(SubjectNames.hostsByCommonName(leaf));
    }
    return wanted.stream()
        .filter(name -> has.stream().noneMatch(presented -> matches(presented, name)))
        .toList();
  }

  private boolean matches(GeneralName presented, GeneralName wanted) {
    return switch (wanted) {
      case GeneralName.DnsName(String host) ->
          presented instanceof GeneralName.DnsName(String dns)
              && NameSyntax.isWellFormed(presented)
              && isHost(NameSyntax.fold(dns), NameSyntax.fold(host));
      case GeneralName.Rfc822Name(String address) ->
          presented instanceof GeneralName.Rfc822Name(String mailbox)
              && sameMailbox(mailbox, address);
      case GeneralName.IpAddress _,
          GeneralName.UniformResourceIdentifier _,
          GeneralName.DirectoryName _,
          GeneralName.UserPrincipalName _,
          GeneralName.Other _ ->
          presented.equals(wanted);
    };
  }

  /** §6.3: a wildcard is the whole left-most label, and stands for exactly one. */
  private boolean isHost(String presented, String wanted) {
    if (!presented.startsWith("*.")) {
      return presented.equals(wanted);
    }
    int dot = wanted.indexOf('.');
    String parent = presented.substring(2);
    return dot > 0
        && wanted.substring(dot + 1).equals(parent)
        && NameSyntax.isHost(wanted)
        && (rules.profile() == PathProfile.RFC5280 || parent.contains("."));
  }

  /** RFC 5280 §7.5. */
  private static boolean sameMailbox(String presented, String wanted) {
    int at = presented.lastIndexOf('@');
    int wantedAt = wanted.lastIndexOf('@');
    return at > 0
        && presented.substring(0, at).equals(wanted.substring(0, Math.max(0, wantedAt)))
        && NameSyntax.fold(presented.substring(at))
            .equals(NameSyntax.fold(wanted.substring(Math.max(0, wantedAt))));
  }
}
