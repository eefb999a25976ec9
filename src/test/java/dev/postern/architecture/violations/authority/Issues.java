package dev.postern.architecture.violations.authority;

import dev.postern.architecture.violations.x509.KnowsAuthority;

/** Signs where signing is allowed. */
record Issues(Signer signer) {
  KnowsAuthority sign(KnowsAuthority toBeSigned) {
    return signer.sign(toBeSigned);
  }
}
