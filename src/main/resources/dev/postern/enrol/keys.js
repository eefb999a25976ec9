import { elements, equal, Malformed } from './der.js';
import { subtle } from './webcrypto.js';

export { NoWebCrypto } from './webcrypto.js';

/**
 * The key pair of this device. It lives in the page's memory until the page is closed; the private
 * half leaves WebCrypto only into the encrypted file, in pkcs12.js.
 */

const SEQUENCE = 0x30;
const VERSION = 0xa0;

const KINDS = new Map([
  ['EC', { name: 'ECDSA', namedCurve: 'P-256' }],
  [
    'RSA',
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: 'SHA-256',
    },
  ],
]);

/** The certificate that came is about another key: nothing may be packed with it. */
export class WrongCertificate extends Error {
  name = 'WrongCertificate';

  constructor() {
    super('the certificate that came back is not about the key that was made in this page');
  }
}

/**
 * @param {'EC' | 'RSA'} kind P-256, or RSA 2048 where something old demands it
 * @returns {Promise<CryptoKeyPair>} or throws NoWebCrypto
 */
export async function generateKey(kind = 'EC') {
  const algorithm = KINDS.get(kind);
  if (!algorithm) {
    throw new RangeError(`no such kind of key: ${kind}`);
  }
  return subtle().generateKey(algorithm, true, ['sign', 'verify']);
}

/** The SubjectPublicKeyInfo, DER (RFC 5280 §4.1.2.7). */
export async function publicKeyInfo(pair) {
  return new Uint8Array(await subtle().exportKey('spki', pair.publicKey));
}

/**
 * Whether `certificate` is about this pair. An answer meant for somebody else would be packed
 * without complaint, and each importer would fail in its own words.
 *
 * @param {Uint8Array} certificate DER
 */
export async function isFor(certificate, pair) {
  return equal(subjectPublicKeyInfo(certificate), await publicKeyInfo(pair));
}

/**
 * RFC 5280 §4.1:
 *
 *   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }
 *   TBSCertificate ::= SEQUENCE {
 *     version [0] EXPLICIT Version DEFAULT v1,
 *     serialNumber, signature, issuer, validity, subject,
 *     subjectPublicKeyInfo, ... }
 */
function subjectPublicKeyInfo(certificate) {
  const [tbsCertificate] = fields(certificate);
  const parts = fields(tbsCertificate?.whole ?? new Uint8Array());
  const found = parts[parts[0]?.tag === VERSION ? 6 : 5];
  if (found?.tag !== SEQUENCE) {
    throw new Malformed('not a certificate');
  }
  return found.whole;
}

/** Of one SEQUENCE with nothing behind it. */
function fields(octets) {
  const [sequence, ...more] = elements(octets);
  if (sequence?.tag !== SEQUENCE || more.length > 0) {
    throw new Malformed('not a certificate');
  }
  return elements(sequence.content);
}
