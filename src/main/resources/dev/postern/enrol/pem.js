import { Malformed } from './der.js';

/** The text form of RFC 7468. */

/** Far above any chain. */
const MAX_TEXT = 256 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=][A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/**
 * One block, in lines of 64 characters (§2).
 *
 * @param {string} label `CERTIFICATE REQUEST`
 */
export function pem(label, der) {
  const base64 = btoa(Array.from(der, (octet) => String.fromCharCode(octet)).join(''));
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

/**
 * The certificates of a text, in its order; text around them is allowed (§2), other blocks
 * are not, so that nothing of a chain is left out unnoticed.
 *
 * @returns {Uint8Array[]} DER, at least one; or throws Malformed
 */
export function certificates(text) {
  if (text.length > MAX_TEXT) {
    throw new Malformed('too long for a chain of certificates');
  }
  const found = [...text.matchAll(CERTIFICATE)].map(([, base64]) => octets(base64));
  const blocks = text.split('-----BEGIN ').length - 1;
  if (found.length === 0 || found.length !== blocks) {
    throw new Malformed('not certificates, or not only certificates');
  }
  return found;
}

function octets(base64) {
  try {
    const binary = atob(base64.replace(/\s/g, ''));
    return Uint8Array.from(binary, (each) => each.charCodeAt(0));
  } catch (cause) {
    throw new Malformed('not base64', { cause });
  }
}
