/**
 * DER (X.690): what a request and a PKCS#12 file are written in, and as much reading as it takes to
 * find the public key in a certificate. Octets are Uint8Arrays throughout.
 */

/** The octets are not what they should be; the message is for the console. */
export class Malformed extends Error {
  name = 'Malformed';
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(left, right) {
  return left.length === right.length && left.every((octet, i) => octet === right[i]);
}

/** The length in its only DER form, the shortest (§10.1). */
function lengthOctets(length) {
  if (length < 0x80) {
    return Uint8Array.of(length);
  }
  const octets = bigEndian(length);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

/** At least one octet. */
function bigEndian(number) {
  const octets = [];
  let rest = number;
  do {
    octets.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return octets;
}

export function tlv(tag, ...parts) {
  const content = concat(...parts);
  return concat(Uint8Array.of(tag), lengthOctets(content.length), content);
}

export const NULL = tlv(0x05);

export const sequence = (...parts) => tlv(0x30, ...parts);

/** SET OF: the elements stand in the order of their encodings (§11.6). */
export function set(...parts) {
  return tlv(0x31, ...[...parts].sort(compare));
}

/** No encoding begins with another, so a difference comes before either ends. */
function compare(left, right) {
  const at = left.findIndex((octet, i) => octet !== right[i]);
  return at < 0 ? 0 : left[at] - right[at];
}

/**
 * An INTEGER that is not negative: no zeros in front, but one where the first bit would make it
 * negative (§8.3.2).
 *
 * @param {number | Uint8Array} value a number, or its octets, most significant first
 */
export function integer(value) {
  const octets = typeof value === 'number' ? bigEndian(value) : [...value];
  const first = octets.findIndex((octet) => octet !== 0);
  const digits = first < 0 ? [0] : octets.slice(first);
  return tlv(0x02, Uint8Array.from(digits[0] & 0x80 ? [0, ...digits] : digits));
}

/** The first two arcs share a number; each number is in base 128, highest digit first (§8.19). */
export function oid(dotted) {
  const [top, second, ...arcs] = dotted.split('.').map(Number);
  const octets = [top * 40 + second, ...arcs].flatMap((arc) => {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      digits.unshift(0x80 | (rest % 128));
    }
    return digits;
  });
  return tlv(0x06, Uint8Array.from(octets));
}

export const octetString = (octets) => tlv(0x04, octets);

/** A BIT STRING of whole octets: none of the last one's bits is unused. */
export const bitString = (octets) => tlv(0x03, Uint8Array.of(0), octets);

export const utf8String = (text) => tlv(0x0c, new TextEncoder().encode(text));

export const bmpString = (text) => tlv(0x1e, utf16(text));

/** [n] EXPLICIT, and [n] IMPLICIT of a constructed type: the tag only says that it is constructed. */
export const tagged = (number, ...parts) => tlv(0xa0 | number, ...parts);

/** [n] IMPLICIT OCTET STRING. */
export const taggedOctets = (number, octets) => tlv(0x80 | number, octets);

/** Big-endian UTF-16; beyond the BMP two code units, which every importer takes for one sign. */
export function utf16(text) {
  const octets = new Uint8Array(text.length * 2);
  const view = new DataView(octets.buffer);
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 * i, text.charCodeAt(i));
  }
  return octets;
}

/**
 * The elements that stand one after another in `octets`.
 *
 * @returns {{tag: number, content: Uint8Array, whole: Uint8Array}[]} views, not copies
 */
export function elements(octets) {
  const found = [];
  for (let at = 0; at < octets.length; ) {
    const next = element(octets.subarray(at));
    found.push(next);
    at += next.whole.length;
  }
  return found;
}

function element(octets) {
  const [tag, first] = octets;
  if (octets.length < 2 || (tag & 0x1f) === 0x1f) {
    throw new Malformed('not a DER element');
  }
  const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
  const length =
    first < 0x80 ? first : octets.subarray(2, header).reduce((sum, octet) => sum * 256 + octet, 0);
  // 0x80, the indefinite length, is BER; no certificate has 16 MiB.
  if (first === 0x80 || first > 0x83 || header + length > octets.length) {
    throw new Malformed('a DER length that does not fit');
  }
  const whole = octets.subarray(0, header + length);
  return { tag, content: whole.subarray(header), whole };
}
