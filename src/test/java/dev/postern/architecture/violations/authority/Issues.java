package dev.postern.architecture.violations.authority;

import dev.postern.architecture.violations.x509.KnowsAuthority;
import dev.postern.architecture.violations.x509.Signer;

/** Signs where signing is allowed, and closes a cycle with {@link KnowsAuthority}. */
public record Issues(Signer signer) {
  KnowsAuthority sign(KnowsAuthority toBeSigned) {
    return signer.sign(toBeSigned);
  }
}
