import { integer, NULL, octetString, oid, sequence } from './der.js';
import { derive, Purpose } from './derivation.js';
import { tripleDesCbc } from './des.js';
import { random, subtle } from './webcrypto.js';

/**
 * How a PKCS#12 file is encrypted under its password, today and on devices of old. Both answer an
 * AlgorithmIdentifier and the ciphertext.
 */

/**
 * Rounds of each derivation: what OpenSSL writes, which is known to import everywhere. RFC 7292 §4
 * deprecates its default of 1, and RFC 8018 §4.2 wants 1,000 at the least, to slow down the
 * guessing of passwords that people think up. Ours is 100 random bits (passphrase.js, and pkcs12.js
 * takes no other), which nobody guesses at any number of rounds; more would only make an old phone
 * wait.
 */
export const ITERATIONS = 2048;

/** OpenSSL's length; macOS refuses files whose MAC has a salt of 16. */
export const SALT = 8;

/** PBES2 (RFC 8018 §6.2): PBKDF2 with HMAC-SHA256, AES-256-CBC. */
export async function pbes2(password, plaintext) {
  const salt = random(SALT);
  const iv = random(16);
  const octets = new TextEncoder().encode(password);
  const secret = await subtle().importKey('raw', octets, 'PBKDF2', false, ['deriveKey']);
  octets.fill(0);
  const key = await subtle().deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS },
    secret,
    { name: 'AES-CBC', length: 256 },
    false,
    ['encrypt'],
  );
  const hmacWithSha256 = sequence(oid('1.2.840.113549.2.9'), NULL);
  const pbkdf2 = sequence(
    oid('1.2.840.113549.1.5.12'),
    sequence(octetString(salt), integer(ITERATIONS), hmacWithSha256),
  );
  const aes256Cbc = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(iv));
  return {
    algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(pbkdf2, aes256Cbc)),
    ciphertext: new Uint8Array(await subtle().encrypt({ name: 'AES-CBC', iv }, key, plaintext)),
  };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C). */
export async function tripleDes(password, plaintext) {
  const salt = random(SALT);
  const key = await derive('SHA-1', Purpose.KEY, password, salt, ITERATIONS, 24);
  const iv = await derive('SHA-1', Purpose.IV, password, salt, ITERATIONS, 8);
  const ciphertext = tripleDesCbc(key, iv, plaintext);
  key.fill(0);
  return {
    algorithm: sequence(
      oid('1.2.840.113549.1.12.1.3'),
      sequence(octetString(salt), integer(ITERATIONS)),
    ),
    ciphertext,
  };
}
