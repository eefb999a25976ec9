import { random } from './webcrypto.js';

/**
 * The password of a certificate file. People copy it once, perhaps from one screen to another by
 * hand, so it is made of lower-case letters and digits no two of which look alike: there is no l,
 * o, 0 or 1. ASCII only, because PKCS#12 has two encodings of it in one file, UTF-16 and UTF-8.
 */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

const GROUPS = 4;
const GROUP = 5;

const FORM = new RegExp(`^[${ALPHABET}]{${GROUP}}(?:-[${ALPHABET}]{${GROUP}}){${GROUPS - 1}}$`);

/**
 * Four groups of five, `k7w2m-…`: 100 bits. There are exactly 32 signs, so five bits of an
 * octet choose one and all are equally likely.
 */
export function passphrase() {
  const signs = Array.from(random(GROUPS * GROUP), (octet) => ALPHABET[octet % ALPHABET.length]);
  return signs.join('').replace(new RegExp(`.{${GROUP}}(?=.)`, 'g'), '$&-');
}

/** Whether `text` can have come from {@link passphrase}: never empty, never chosen. */
export function isPassphrase(text) {
  return FORM.test(text);
}
