package dev.postern.architecture.violations.x509;

/** Stands for the real one. */
public interface Signer {
  KnowsAuthority sign(KnowsAuthority toBeSigned);
}
