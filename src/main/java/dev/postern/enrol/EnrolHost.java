package dev.postern.enrol;

import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Signer;
import java.util.List;
import java.util.Optional;

/**
 * What the enrolment pages know of the rest.
 *
 * @param organization as certificates name it
 * @param address {@code https://enrol.example.com:8443}, without a slash at the end
 * @param welcome where a person with a certificate is greeted, if anywhere
 * @param phone whether an encrypted file may be handed to a phone
 * @param key what browsers make: P-256 or RSA 2048
 * @param root what devices trust
 * @param identity this host's own certificate with its chain, and its key: they sign Apple profiles
 */
public record EnrolHost(
    String organization,
    String address,
    Optional<String> welcome,
    boolean phone,
    KeyAlgorithm key,
    Certificate root,
    Identity identity) {
  /** {@code chain} begins with the certificate of {@code signer}'s key. */
  public record Identity(Signer signer, List<Certificate> chain) {
    public Identity {
      chain = List.copyOf(chain);
    }
  }
}
