import { bitString, integer, NULL, oid, sequence, set, tagged, utf8String } from './der.js';
import { publicKeyInfo } from './keys.js';
import { subtle } from './webcrypto.js';

/**
 * A PKCS#10 request (RFC 2986 §4): the public key, and a signature that shows that whoever asks
 * holds the private half.
 *
 *   CertificationRequestInfo ::= SEQUENCE {
 *     version       INTEGER { v1(0) },
 *     subject       Name,
 *     subjectPKInfo SubjectPublicKeyInfo,
 *     attributes    [0] Attributes }
 */

/** Somebody has to be named; the server names people by their invitation and ignores this. */
const SUBJECT = sequence(set(sequence(oid('2.5.4.3'), utf8String('enrolment'))));

/** RFC 5758 §3.2: ecdsa-with-SHA256, which has no parameters, not even NULL. */
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** RFC 4055 §5: sha256WithRSAEncryption, whose parameters are NULL. */
const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), NULL);

/**
 * @param {CryptoKeyPair} pair from `generateKey`
 * @returns {Promise<Uint8Array>} DER
 */
export async function request(pair) {
  const info = sequence(integer(0), SUBJECT, await publicKeyInfo(pair), tagged(0));
  const isEc = pair.privateKey.algorithm.name === 'ECDSA';
  const signature = await sign(pair.privateKey, info);
  return sequence(
    info,
    isEc ? ECDSA_WITH_SHA256 : SHA256_WITH_RSA,
    bitString(isEc ? ecdsaSigValue(signature) : signature),
  );
}

/** WebCrypto takes the hash from an RSA key, and from the call for an EC key. */
async function sign(key, octets) {
  const algorithm = { name: key.algorithm.name, hash: 'SHA-256' };
  return new Uint8Array(await subtle().sign(algorithm, key, octets));
}

/**
 * WebCrypto gives r and s in 32 octets each; X.509 wants
 * ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 5480 appendix A).
 */
export function ecdsaSigValue(raw) {
  const half = raw.length / 2;
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
}
