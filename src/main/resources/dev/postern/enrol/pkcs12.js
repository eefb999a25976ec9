import {
  bmpString,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  taggedOctets,
} from './der.js';
import { derive, Purpose } from './derivation.js';
import { ITERATIONS, pbes2, SALT, tripleDes } from './encryption.js';
import { isFor, WrongCertificate } from './keys.js';
import { isPassphrase } from './passphrase.js';
import { digest, random, subtle } from './webcrypto.js';

/**
 * PKCS#12 (RFC 7292): the private key and its certificates in one file under a password, the form
 * that browsers and devices import. Written in OpenSSL's shape, the one that importers were tried
 * with: certificates first and encrypted, then the key.
 *
 *   PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
 *   AuthenticatedSafe ::= SEQUENCE OF ContentInfo      -- Data, or EncryptedData
 *   SafeContents ::= SEQUENCE OF SafeBag
 *   SafeBag ::= SEQUENCE { bagId, bagValue [0] EXPLICIT ANY, bagAttributes SET OF OPTIONAL }
 */

const FORMATS = new Map([
  ['modern', { encrypt: pbes2, hash: 'SHA-256', hashOid: '2.16.840.1.101.3.4.2.1', macLength: 32 }],
  // macOS, iOS, Android up to 13 and Windows Server 2016 call a modern file "wrong password".
  ['legacy', { encrypt: tripleDes, hash: 'SHA-1', hashOid: '1.3.14.3.2.26', macLength: 20 }],
]);

const DATA = oid('1.2.840.113549.1.7.1');
const ENCRYPTED_DATA = oid('1.2.840.113549.1.7.6');
const FRIENDLY_NAME = oid('1.2.840.113549.1.9.20');
const LOCAL_KEY_ID = oid('1.2.840.113549.1.9.21');
const X509_CERTIFICATE = oid('1.2.840.113549.1.9.22.1');
const SHROUDED_KEY_BAG = oid('1.2.840.113549.1.12.10.1.2');
const CERT_BAG = oid('1.2.840.113549.1.12.10.1.3');

/**
 * Packs the file. May be called again for the other format; each time the private key leaves
 * WebCrypto once, and is overwritten as soon as it is encrypted.
 *
 * @param {CryptoKeyPair} key from `generateKey`
 * @param {Uint8Array[]} chain DER, the key's own certificate first; all of it goes into the file
 * @param {string} password from `passphrase`; no other is taken (see encryption.js)
 * @param {string} name what importers call it, the friendlyName of RFC 2985 §5.5.1
 * @param {'modern' | 'legacy'} format
 * @returns {Promise<Uint8Array>} or throws WrongCertificate when the chain is about another key
 */
export async function pkcs12({ key, chain, password, name, format = 'modern' }) {
  const chosen = FORMATS.get(format);
  if (!chosen) {
    throw new RangeError(`no such format: ${format}`);
  }
  if (!isPassphrase(password)) {
    throw new RangeError('only a generated passphrase protects a file');
  }
  if (chain.length === 0 || !(await isFor(chain[0], key))) {
    throw new WrongCertificate();
  }
  // The certificate's SHA-1 ties it to the key; it is a name here, not a protection.
  const attributes = bagAttributes(name, await digest('SHA-1', chain[0]));
  const authenticatedSafe = sequence(
    await encryptedData(chosen, password, certBags(chain, attributes)),
    data(sequence(await keyBag(chosen, password, key.privateKey, attributes))),
  );
  return sequence(
    integer(3),
    data(authenticatedSafe),
    await macData(chosen, password, authenticatedSafe),
  );
}

/** A lone half of a surrogate pair is no sign, and importers fail over it. */
function bagAttributes(name, id) {
  const friendlyName = bmpString(name.replace(/\p{Surrogate}/gu, '\ufffd'));
  return set(
    sequence(FRIENDLY_NAME, set(friendlyName)),
    sequence(LOCAL_KEY_ID, set(octetString(id))),
  );
}

/** Only the key's own certificate has the attributes: they say which one it is. */
function certBags(chain, attributes) {
  const bags = chain.map((certificate, i) => {
    const value = sequence(X509_CERTIFICATE, tagged(0, octetString(certificate)));
    return sequence(CERT_BAG, tagged(0, value), ...(i === 0 ? [attributes] : []));
  });
  return sequence(...bags);
}

async function keyBag({ encrypt }, password, privateKey, attributes) {
  const pkcs8 = new Uint8Array(await subtle().exportKey('pkcs8', privateKey));
  try {
    const { algorithm, ciphertext } = await encrypt(password, pkcs8);
    const value = sequence(algorithm, octetString(ciphertext));
    return sequence(SHROUDED_KEY_BAG, tagged(0, value), attributes);
  } finally {
    pkcs8.fill(0);
  }
}

/** ContentInfo of type data. */
function data(content) {
  return sequence(DATA, tagged(0, octetString(content)));
}

/** ContentInfo of type encryptedData (RFC 2315 §13), version 0. */
async function encryptedData({ encrypt }, password, content) {
  const { algorithm, ciphertext } = await encrypt(password, content);
  const info = sequence(DATA, algorithm, taggedOctets(0, ciphertext));
  return sequence(ENCRYPTED_DATA, tagged(0, sequence(integer(0), info)));
}

/**
 * MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 } (§4).
 */
async function macData({ hash, hashOid, macLength }, password, content) {
  const salt = random(SALT);
  const octets = await derive(hash, Purpose.MAC, password, salt, ITERATIONS, macLength);
  const key = await subtle().importKey('raw', octets, { name: 'HMAC', hash }, false, ['sign']);
  octets.fill(0);
  const mac = new Uint8Array(await subtle().sign('HMAC', key, content));
  const digestInfo = sequence(sequence(oid(hashOid), NULL), octetString(mac));
  return sequence(digestInfo, octetString(salt), integer(ITERATIONS));
}
