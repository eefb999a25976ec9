package dev.postern.x509;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * Name (RFC 5280 §4.1.2.4), compared as §7.1 says: attribute by attribute, case and inner spaces
 * folded.
 *
 * <p>Encoded most general first ({@code C, O, CN}); written as text the other way round ({@code
 * CN=Alice,O=Example}), as RFC 4514 wants it.
 */
public final class DistinguishedName {
  private final X500Name name;

  private final int hash;

  private DistinguishedName(X500Name name) {
    this.name = name;
    this.hash = name.hashCode();
  }

  /**
   * Throws {@link IllegalArgumentException} or {@link IllegalStateException} when it holds what is
   * no attribute or no text: every value is looked at here, and not when names are first compared.
   */
  public static DistinguishedName of(X500Name name) {
    var read = new DistinguishedName(X500Name.getInstance(BCStyle.INSTANCE, name));
    for (RDN rdn : read.name.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        text(attribute.getValue());
        IETFUtils.canonicalString(attribute.getValue());
      }
    }
    return read;
  }

  /**
   * Reads RFC 4514 text, {@code CN=Alice,O=Example}; {@link IllegalArgumentException} says what is
   * wrong with it.
   */
  public static DistinguishedName parse(String text) {
    RDN[] rdns = new X500Name(BCStyle.INSTANCE, text).getRDNs();
    Collections.reverse(Arrays.asList(rdns));
    return new DistinguishedName(new X500Name(BCStyle.INSTANCE, rdns));
  }

  /** Starts a name; attributes are added most general first. */
  public static Builder builder() {
    return new Builder();
  }

  public Optional<String> commonName() {
    return attribute(BCStyle.CN);
  }

  public Optional<String> organization() {
    return attribute(BCStyle.O);
  }

  /** The user's name in certificates that Postern issues: userId, {@code UID} (RFC 4519 §2.39). */
  public Optional<String> userId() {
    return attribute(BCStyle.UID);
  }

  /** The most specific value of {@code type}, if the name has one. */
  public Optional<String> attribute(ASN1ObjectIdentifier type) {
    List<String> values = attributes(type);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
  }

  /** Every value of {@code type}, most general first. */
  public List<String> attributes(ASN1ObjectIdentifier type) {
    List<String> values = new ArrayList<>();
    for (RDN rdn : name.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(type)) {
          values.add(text(attribute.getValue()));
        }
      }
    }
    return List.copyOf(values);
  }

  public boolean isEmpty() {
    return name.getRDNs().length == 0;
  }

  public X500Name structure() {
    return name;
  }

  public Bytes der() {
    return Parsing.encode(name);
  }

  /** Whether this is {@code base} or stands below it: its first RDNs are those of {@code base}. */
  public boolean isWithin(DistinguishedName base) {
    RDN[] mine = name.getRDNs();
    RDN[] above = base.name.getRDNs();
    boolean same = mine.length >= above.length;
    for (int i = 0; same && i < above.length; i++) {
      same = IETFUtils.rDNAreEqual(mine[i], above[i]);
    }
    return same;
  }

  /** §7.1: as many RDNs, each matching, in the same order. Bouncy Castle overlooks the order. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof DistinguishedName that)) {
      return false;
    }
    return rdnCount() == that.rdnCount() && isWithin(that);
  }

  private int rdnCount() {
    return name.getRDNs().length;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    RDN[] rdns = name.getRDNs();
    Collections.reverse(Arrays.asList(rdns));
    return new X500Name(BCStyle.INSTANCE, rdns).toString();
  }

  private static String text(ASN1Encodable value) {
    return value instanceof ASN1String string ? string.getString() : IETFUtils.valueToString(value);
  }

  /** Adds attributes one RDN each, most general first. */
  public static final class Builder {
    private final X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);

    private Builder() {}

    public Builder organization(String value) {
      return add(BCStyle.O, value);
    }

    public Builder commonName(String value) {
      return add(BCStyle.CN, value);
    }

    public Builder userId(String value) {
      return add(BCStyle.UID, value);
    }

    public Builder add(ASN1ObjectIdentifier type, String value) {
      name.addRDN(type, value);
      return this;
    }

    public DistinguishedName build() {
      return new DistinguishedName(name.build());
    }
  }
}
