package dev.postern.architecture.violations.authority;

import dev.postern.architecture.violations.x509.KnowsAuthority;

/** Stands for the real one, and closes a cycle with {@link KnowsAuthority}. */
public interface Signer {
  KnowsAuthority sign(KnowsAuthority toBeSigned);
}
