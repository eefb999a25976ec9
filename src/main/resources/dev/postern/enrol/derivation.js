import { concat, utf16 } from './der.js';
import { digest } from './webcrypto.js';

/**
 * PKCS#12's own key derivation (RFC 7292 appendix B.2), with its letters. The MAC of every file
 * needs it, and the encryption of the compatible one. WebCrypto's digests are asynchronous; some
 * thousands of them are well under a second.
 */

/** The ID of appendix B.3: what the derived octets are for. */
export const Purpose = Object.freeze({ KEY: 1, IV: 2, MAC: 3 });

/** Octets that SHA-1 and SHA-256 take in at a time. */
const V = 64;

/**
 * @param {'SHA-1' | 'SHA-256'} hash
 * @param {number} purpose one of {@link Purpose}
 * @param {string} password taken as UTF-16 with a zero character behind (B.1)
 * @returns {Promise<Uint8Array>} `size` octets
 */
export async function derive(hash, purpose, password, salt, iterations, size) {
  const d = new Uint8Array(V).fill(purpose);
  const i = concat(filled(salt), filled(utf16(`${password}\0`)));
  const derived = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    let a = await digest(hash, concat(d, i));
    for (let round = 1; round < iterations; round++) {
      a = await digest(hash, a);
    }
    derived.set(a.subarray(0, size - at), at);
    at += a.length;
    const b = Uint8Array.from({ length: V }, (_, j) => a[j % a.length]);
    for (let block = 0; block < i.length; block += V) {
      addOneAnd(b, i.subarray(block, block + V));
    }
    a.fill(0);
  }
  i.fill(0);
  return derived;
}

/** As many copies as fill whole blocks, the last one cut off. */
function filled(octets) {
  const length = V * Math.ceil(octets.length / V);
  return Uint8Array.from({ length }, (_, j) => octets[j % octets.length]);
}

/** I_j = (I_j + B + 1) mod 2^v, as numbers with the most significant octet first. */
function addOneAnd(b, block) {
  let carry = 1;
  for (let j = V - 1; j >= 0; j--) {
    carry += block[j] + b[j];
    block[j] = carry % 256;
    carry >>= 8;
  }
}
