import { concat } from './der.js';

/**
 * Triple DES (FIPS 46-3, NIST SP 800-67) in CBC mode, for the compatible file alone: WebCrypto has
 * none, and older devices read nothing else. Written for reading beside the standard, whose tables
 * count bits from 1, the leftmost; a file has a few thousand octets, which take a moment.
 */

const BLOCK = 8;
const KEY = 8;

const INITIAL = Uint8Array.of(
  58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4,
  62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
  57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3,
  61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
);
const FINAL = INITIAL.map((_, i) => INITIAL.indexOf(i + 1) + 1);

const EXPANSION = Uint8Array.of(
  32, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 8, 9, 10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
  16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25, 24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32, 1,
);
const PERMUTATION = Uint8Array.of(
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
  2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
);

/** S1 to S8: four rows of sixteen, a hexadecimal digit each. */
const SUBSTITUTION = [
  'e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d',
  'f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9',
  'a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c',
  '7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e',
  '2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453',
  'c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d',
  '4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c',
  'd2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b',
].map((box) => Array.from(box, (digit) => parseInt(digit, 16)));

const CHOICE_1 = Uint8Array.of(
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
  63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
);
const CHOICE_2 = Uint8Array.of(
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
  41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
);
const ROTATIONS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/**
 * Encrypts with three keys, E(K3, D(K2, E(K1, block))), padded as CBC of RFC 8018 §6.1.1 says.
 *
 * @param {Uint8Array} key 24 octets; parity bits are ignored
 * @param {Uint8Array} iv 8 octets
 */
export function tripleDesCbc(key, iv, plaintext) {
  const padding = BLOCK - (plaintext.length % BLOCK);
  const padded = concat(plaintext, new Uint8Array(padding).fill(padding));
  const keys = [0, 1, 2].map((i) => key.subarray(i * KEY, (i + 1) * KEY));
  const [first, second, third] = keys.map(schedule);
  const rounds = [first, [...second].reverse(), third];
  const ciphertext = new Uint8Array(padded.length);
  let previous = bits(iv);
  for (let at = 0; at < padded.length; at += BLOCK) {
    const mixed = xor(bits(padded.subarray(at, at + BLOCK)), previous);
    previous = rounds.reduce(des, mixed);
    ciphertext.set(octets(previous), at);
  }
  padded.fill(0);
  rounds.flat().forEach((round) => round.fill(0));
  return ciphertext;
}

/** The sixteen round keys; turned around, they decrypt. */
function schedule(key) {
  const chosen = permuted(bits(key), CHOICE_1);
  let [left, right] = [chosen.slice(0, 28), chosen.slice(28)];
  return ROTATIONS.map((count) => {
    left = concat(left.subarray(count), left.subarray(0, count));
    right = concat(right.subarray(count), right.subarray(0, count));
    return permuted(concat(left, right), CHOICE_2);
  });
}

function des(block, roundKeys) {
  const start = permuted(block, INITIAL);
  let [left, right] = [start.subarray(0, 32), start.subarray(32)];
  for (const roundKey of roundKeys) {
    [left, right] = [right, xor(left, f(right, roundKey))];
  }
  return permuted(concat(right, left), FINAL);
}

/** f(R, K): of each six bits the outer two choose the row, the inner four the column. */
function f(half, roundKey) {
  const mixed = xor(permuted(half, EXPANSION), roundKey);
  const substituted = new Uint8Array(32);
  SUBSTITUTION.forEach((box, i) => {
    const [a, b, c, d, e, g] = mixed.subarray(6 * i, 6 * i + 6);
    const value = box[(a << 5) | (g << 4) | (b << 3) | (c << 2) | (d << 1) | e];
    for (let bit = 0; bit < 4; bit++) {
      substituted[4 * i + bit] = (value >> (3 - bit)) & 1;
    }
  });
  return permuted(substituted, PERMUTATION);
}

const permuted = (from, table) => table.map((place) => from[place - 1]);

const xor = (left, right) => left.map((bit, i) => bit ^ right[i]);

/** An element for each bit. */
const bits = (packed) =>
  new Uint8Array(packed.length * 8).map((_, i) => (packed[i >> 3] >> (7 - (i & 7))) & 1);

const octets = (unpacked) =>
  new Uint8Array(unpacked.length / 8).map((_, i) =>
    unpacked.subarray(8 * i, 8 * i + 8).reduce((octet, bit) => (octet << 1) | bit, 0),
  );
