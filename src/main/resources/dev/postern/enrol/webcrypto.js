/**
 * The browser's own cryptography. It is asked for at the moment of use, because a page that came
 * over plain http has none (W3C Secure Contexts), and a person must be told so instead of being
 * shown "undefined is not an object".
 */

/** There is no WebCrypto here: plain http, or a browser from before 2015. */
export class NoWebCrypto extends Error {
  name = 'NoWebCrypto';

  constructor() {
    super('no WebCrypto here: the page must be opened over https, in a current browser');
  }
}

/** @returns {SubtleCrypto} or throws {@link NoWebCrypto} */
export function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) {
    throw new NoWebCrypto();
  }
  return found;
}

/** @returns {Uint8Array} that many octets nobody can guess */
export function random(length) {
  if (!globalThis.crypto?.getRandomValues) {
    throw new NoWebCrypto();
  }
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

/** @param {'SHA-1' | 'SHA-256'} hash */
export async function digest(hash, octets) {
  return new Uint8Array(await subtle().digest(hash, octets));
}
