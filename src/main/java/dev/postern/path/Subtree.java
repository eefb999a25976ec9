package dev.postern.path;

import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;

/**
 * The base of a GeneralSubtree and the names below it, form by form (RFC 5280 §4.2.1.10, RFC 9549).
 */
sealed interface Subtree {
  /** Whether the subtree speaks of names like {@code name} at all. */
  boolean isOfFormOf(GeneralName name);

  /** Whether {@code name}, and everything it can stand for, lies in the subtree. */
  boolean holds(GeneralName name);

  /** Whether {@code name} lies in the subtree, or can stand for something that does. */
  default boolean mayReach(GeneralName name) {
    return holds(name);
  }

  static Subtree of(GeneralName base, Era era) throws MalformedException {
    return switch (base) {
      case GeneralName.DnsName(String name) ->
          Dns.of(era.isPast() && name.startsWith(".") ? name.substring(1) : name);
      case GeneralName.Rfc822Name(String address) -> Mail.of(address);
      case GeneralName.UniformResourceIdentifier(String host) -> Uri.of(host);
      case GeneralName.IpAddress(Bytes range) -> Ip.of(range);
      case GeneralName.DirectoryName(DistinguishedName name) -> new Directory(name);
      case GeneralName.UserPrincipalName _ ->
          new Unsupported(org.bouncycastle.asn1.x509.GeneralName.otherName);
      case GeneralName.Other(int tag, _) -> new Unsupported(tag);
    };
  }

  private static MalformedException malformed(String kind, String base) {
    return new MalformedException("nameConstraints", "\"" + base + "\" is no " + kind);
  }

  /** "Any DNS name that can be constructed by simply adding zero or more labels to the left." */
  record Dns(String base) implements Subtree {
    /** A leading period is for URIs and mail alone, whatever OpenSSL takes. */
    static Dns of(String base) throws MalformedException {
      if (!base.isEmpty() && !NameSyntax.isHost(base)) {
        throw malformed("DNS subtree", base);
      }
      return new Dns(NameSyntax.fold(base));
    }

    @Override
    public boolean isOfFormOf(GeneralName name) {
      return name instanceof GeneralName.DnsName;
    }

    /** All that {@code *.example.com} stands for is below example.com, and not all below more. */
    @Override
    public boolean holds(GeneralName name) {
      return name instanceof GeneralName.DnsName(String dns) && isBelow(withoutWildcard(dns), base);
    }

    /** {@code *.example.com} stands for host.example.com too. */
    @Override
    public boolean mayReach(GeneralName name) {
      if (!(name instanceof GeneralName.DnsName(String dns))) {
        return false;
      }
      int dot = base.indexOf('.');
      boolean coversBase =
          dns.startsWith("*.")
              && dot >= 0
              && NameSyntax.fold(dns.substring(2)).equals(base.substring(dot + 1));
      return coversBase || holds(name);
    }

    private static String withoutWildcard(String dns) {
      return dns.startsWith("*.") ? dns.substring(2) : dns;
    }
  }

  /** A mailbox, all mailboxes at a host, or ({@code .example.com}) at all hosts below a domain. */
  record Mail(String local, String host) implements Subtree {
    static Mail of(String base) throws MalformedException {
      int at = base.lastIndexOf('@');
      String host = base.substring(at + 1);
      boolean wellFormed =
          at < 0
              ? base.isEmpty() || NameSyntax.isHost(host.startsWith(".") ? host.substring(1) : host)
              : NameSyntax.isMailbox(base);
      if (!wellFormed) {
        throw malformed("mail subtree", base);
      }
      return new Mail(at < 0 ? "" : base.substring(0, at), NameSyntax.fold(host));
    }

    @Override
    public boolean isOfFormOf(GeneralName name) {
      return name instanceof GeneralName.Rfc822Name;
    }

    /** §7.5: the local part byte by byte, the host without case. */
    @Override
    public boolean holds(GeneralName name) {
      if (!(name instanceof GeneralName.Rfc822Name(String address))) {
        return false;
      }
      int at = address.lastIndexOf('@');
      return at > 0
          && (local.isEmpty() || local.equals(address.substring(0, at)))
          && isHostOf(NameSyntax.fold(address.substring(at + 1)), host);
    }
  }

  /** A host, or ({@code .example.com}) all hosts below a domain. */
  record Uri(String host) implements Subtree {
    static Uri of(String base) throws MalformedException {
      if (!base.isEmpty() && !NameSyntax.isHost(base.startsWith(".") ? base.substring(1) : base)) {
        throw malformed("URI subtree", base);
      }
      return new Uri(NameSyntax.fold(base));
    }

    @Override
    public boolean isOfFormOf(GeneralName name) {
      return name instanceof GeneralName.UniformResourceIdentifier;
    }

    @Override
    public boolean holds(GeneralName name) {
      return name instanceof GeneralName.UniformResourceIdentifier(String uri)
          && NameSyntax.host(uri).map(at -> isHostOf(NameSyntax.fold(at), host)).orElse(false);
    }

    /** "The application MUST reject" a URI without a host name when URIs are constrained. */
    @Override
    public boolean mayReach(GeneralName name) {
      return holds(name)
          || (name instanceof GeneralName.UniformResourceIdentifier(String uri)
              && NameSyntax.host(uri).isEmpty());
    }
  }

  /** Address and mask, 8 octets or 32, "in the style of RFC 4632 (CIDR)". */
  record Ip(Bytes address, Bytes mask) implements Subtree {
    static Ip of(Bytes range) throws MalformedException {
      byte[] octets = range.toArray();
      int half = octets.length / 2;
      byte[] mask = java.util.Arrays.copyOfRange(octets, half, octets.length);
      if ((octets.length != 8 && octets.length != 32) || !isPrefix(mask)) {
        throw malformed("IP subtree", range.hex());
      }
      return new Ip(Bytes.of(java.util.Arrays.copyOf(octets, half)), Bytes.of(mask));
    }

    /** Ones, then zeros. */
    private static boolean isPrefix(byte[] mask) {
      var bits = new java.math.BigInteger(1, mask);
      int zeros = bits.signum() == 0 ? mask.length * 8 : bits.getLowestSetBit();
      return bits.bitCount() == mask.length * 8 - zeros;
    }

    @Override
    public boolean isOfFormOf(GeneralName name) {
      return name instanceof GeneralName.IpAddress;
    }

    @Override
    public boolean holds(GeneralName name) {
      if (!(name instanceof GeneralName.IpAddress(Bytes ip)) || ip.size() != mask.size()) {
        return false;
      }
      byte[] bits = mask.toArray();
      byte[] wanted = address.toArray();
      byte[] found = ip.toArray();
      for (int i = 0; i < bits.length; i++) {
        if (((wanted[i] ^ found[i]) & bits[i]) != 0) {
          return false;
        }
      }
      return true;
    }

    /** An address of odd length may stand for anything. */
    @Override
    public boolean mayReach(GeneralName name) {
      return holds(name)
          || (name instanceof GeneralName.IpAddress && !NameSyntax.isWellFormed(name));
    }
  }

  /** The names that begin with the same RDNs. */
  record Directory(DistinguishedName base) implements Subtree {
    @Override
    public boolean isOfFormOf(GeneralName name) {
      return name instanceof GeneralName.DirectoryName;
    }

    @Override
    public boolean holds(GeneralName name) {
      return name instanceof GeneralName.DirectoryName(DistinguishedName directory)
          && directory.isWithin(base);
    }
  }

  /**
   * A form without rules: "the application MUST either process the constraint or reject the
   * certificate", so nothing is permitted by it and everything is excluded.
   */
  record Unsupported(int tag) implements Subtree {
    @Override
    public boolean isOfFormOf(GeneralName name) {
      return switch (name) {
        case GeneralName.UserPrincipalName _ ->
            tag == org.bouncycastle.asn1.x509.GeneralName.otherName;
        case GeneralName.Other(int other, _) -> tag == other;
        case GeneralName.DnsName _,
            GeneralName.Rfc822Name _,
            GeneralName.UniformResourceIdentifier _,
            GeneralName.IpAddress _,
            GeneralName.DirectoryName _ ->
            false;
      };
    }

    @Override
    public boolean holds(GeneralName name) {
      return false;
    }

    @Override
    public boolean mayReach(GeneralName name) {
      return true;
    }
  }

  private static boolean isBelow(String host, String domain) {
    String folded = NameSyntax.fold(host);
    return domain.isEmpty() || folded.equals(domain) || folded.endsWith("." + domain);
  }

  private static boolean isHostOf(String host, String base) {
    return base.isEmpty() || (base.startsWith(".") ? host.endsWith(base) : host.equals(base));
  }
}
