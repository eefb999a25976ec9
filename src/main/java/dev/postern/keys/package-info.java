/// The only room that holds private keys.
///
/// A [SecretKeyPair] is made here or read from a [KeyFile]; it leaves as a
/// [signer][SecretKeyPair#signer], as a file under a [Passphrase] ([KeyFile], [Pkcs12]) or as a
/// [TlsIdentity], never as bytes or as a `PrivateKey` that another room could hold. What foreign
/// files ask for is bounded: a file that wants a billion rounds of key derivation is refused, not
/// obeyed.
///
/// It never prints a key or a passphrase, never overwrites a key file, and never writes a private
/// key without a passphrase.
///
/// Speaks RFC 5958 (PKCS#8), RFC 8018 (PBES2, PBKDF2), RFC 7914 (scrypt), RFC 5915 and RFC 8017
/// (the older key forms), RFC 7292 and RFC 9579 (PKCS#12).
@NullMarked
package dev.postern.keys;

import org.jspecify.annotations.NullMarked;
