package dev.postern.architecture.violations.web;

import dev.postern.architecture.violations.x509.KnowsAuthority;
import dev.postern.architecture.violations.x509.Signer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.security.PrivateKey;

/** A private key and a signature outside their rooms; the status is where it may be. */
record HoldsKey(PrivateKey key, Signer signer, HttpResponseStatus status) {
  KnowsAuthority sign(KnowsAuthority toBeSigned) {
    return signer.sign(toBeSigned);
  }
}
