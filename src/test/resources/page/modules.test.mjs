/** The page's modules by themselves, before anything else reads what they write. */
import './webcrypto.mjs';
import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as der from './der.js';
import { derive, Purpose } from './derivation.js';
import { tripleDesCbc } from './des.js';
import { generateKey, isFor, NoWebCrypto, publicKeyInfo, WrongCertificate } from './keys.js';
import { isPassphrase, passphrase } from './passphrase.js';
import { certificates, pem } from './pem.js';
import { ecdsaSigValue, request } from './pkcs10.js';
import { pkcs12 } from './pkcs12.js';

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (octets) => Buffer.from(octets).toString('hex');

/** As a browser of another mind would have it, for the length of one call. */
async function withCrypto(other, call) {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: other, configurable: true });
  try {
    return await call();
  } finally {
    Object.defineProperty(globalThis, 'crypto', real);
  }
}

/** As much of a certificate as the page reads. */
async function certificateFor(pair, { version = true } = {}) {
  const empty = der.sequence();
  const spki = await publicKeyInfo(pair);
  const head = version ? [der.tagged(0, der.integer(2))] : [];
  const tbs = der.sequence(...head, der.integer(7), empty, empty, empty, empty, spki);
  return der.sequence(tbs, empty, der.bitString(Uint8Array.of()));
}

test('an integer has no zeros in front, but one that keeps it positive', () => {
  const cases = [
    [0, '020100'],
    [1, '020101'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [2048, '02020800'],
    [32768, '0203008000'],
    [2 ** 40, '0206010000000000'],
    [bytes('00'), '020100'],
    [bytes('0000'), '020100'],
    [bytes(''), '020100'],
    [bytes('007f'), '02017f'],
    [bytes('0080'), '02020080'],
    [bytes('80'), '02020080'],
    [bytes('000001'), '020101'],
    [bytes('ff00'), '020300ff00'],
  ];
  for (const [value, expected] of cases) {
    assert.equal(hex(der.integer(value)), expected);
  }
});

test('a length has its shortest form, and reads back', () => {
  for (const [length, header] of [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65535, '0482ffff'],
    [65536, '0483010000'],
  ]) {
    const whole = der.octetString(new Uint8Array(length));
    assert.equal(hex(whole.subarray(0, whole.length - length)), header);
    const [read, ...more] = der.elements(whole);
    assert.deepEqual([read.tag, read.content.length, more.length], [4, length, 0]);
  }
});

test('an object identifier has base 128 digits', () => {
  assert.equal(hex(der.oid('1.2.840.113549.1.1.11')), '06092a864886f70d01010b');
  assert.equal(hex(der.oid('2.5.4.3')), '0603550403');
  assert.equal(hex(der.oid('2.999.16384')), '0605883781' + '8000');
});

test('a set is in the order of its encodings, whatever order it was given in', () => {
  const [a, b] = [der.octetString(bytes('ff')), der.integer(5)];
  assert.equal(hex(der.set(a, b)), '3106' + '020105' + '0401ff');
  assert.equal(hex(der.set(b, a)), '3106' + '020105' + '0401ff');
});

test('what is not DER is malformed', () => {
  for (const damaged of '30 3001 3080 308101 30840000000100 1f0100 3002 04ff'.split(' ')) {
    assert.throws(() => der.elements(bytes(damaged)), der.Malformed, damaged);
  }
});

test('signs beyond the BMP are two code units', () => {
  assert.equal(hex(der.bmpString('Zoë 😀')), '1e0c' + '005a006f00eb0020d83dde00');
});

test('an ECDSA signature has minimal integers', () => {
  const half = (start) => start + '11'.repeat(32 - start.length / 2);
  const encoded = ecdsaSigValue(bytes(half('000001') + half('80')));
  assert.equal(
    hex(encoded),
    '3043' + '021e01' + '11'.repeat(29) + '0221' + '0080' + '11'.repeat(31),
  );
  assert.equal(hex(ecdsaSigValue(new Uint8Array(64))), '3006020100020100');
});

test('a request is signed by the key it carries, every time', async () => {
  const pair = await generateKey();
  for (let i = 0; i < 300; i++) {
    const [{ content }] = der.elements(await request(pair));
    const [info, , signature] = der.elements(content);
    const [r, s] = der.elements(der.elements(signature.content.subarray(1))[0].content);
    const raw = der.concat(
      ...[r, s].map(({ content: number }) => {
        assert.ok(number.length === 1 || number[0] !== 0 || number[1] >= 0x80, 'minimal');
        assert.ok(number[0] < 0x80, 'positive');
        const padded = new Uint8Array(33);
        padded.set(number, 33 - number.length);
        return padded.subarray(1);
      }),
    );
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    assert.ok(await crypto.subtle.verify(algorithm, pair.publicKey, raw, info.whole));
  }
});

/** NIST SP 800-20 (tables A.1, A.2), keys alike, and SP 800-67 appendix B.1. */
test('triple DES gives the known answers of NIST', () => {
  const ecb = (key, block) =>
    hex(tripleDesCbc(bytes(key), new Uint8Array(8), bytes(block)).subarray(0, 8));
  const ones = '01'.repeat(24);
  for (const [plaintext, ciphertext] of [
    ['8000000000000000', '95f8a5e5dd31d900'],
    ['4000000000000000', 'dd7f121ca5015619'],
    ['2000000000000000', '2e8653104f3834ea'],
    ['1000000000000000', '4bd388ff6cd81d4f'],
    ['0000000000000001', '166b40b44aba4bd6'],
  ]) {
    assert.equal(ecb(ones, plaintext), ciphertext);
  }
  assert.equal(ecb('8001010101010101'.repeat(3), '0000000000000000'), '95a8d72813daa94d');
  const three = '0123456789abcdef' + '23456789abcdef01' + '456789abcdef0123';
  assert.equal(ecb(three, '5468652071756663'), 'a826fd8ce53b855f');
  assert.equal(ecb(three, '6b2062726f776e20'), 'cce21c8112256fe6');
  assert.equal(ecb(three, '666f78206a756d70'), '68d5c05dd9b6b900');
});

test('triple DES in CBC mode agrees with OpenSSL for every length', () => {
  for (let length = 0; length <= 64; length++) {
    const [key, iv, plaintext] = [randomBytes(24), randomBytes(8), randomBytes(length)];
    const theirs = createCipheriv('des-ede3-cbc', key, iv);
    const expected = theirs.update(plaintext, undefined, 'hex') + theirs.final('hex');
    assert.equal(hex(tripleDesCbc(key, iv, new Uint8Array(plaintext))), expected);
  }
});

/** The examples that Bouncy Castle, OpenSSL and NSS share: password "smeg" and "queeg". */
test('the derivation of PKCS#12 gives known answers', async () => {
  const cases = [
    [Purpose.KEY, 'smeg', '0a58cf64530d823f', 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    [Purpose.IV, 'smeg', '0a58cf64530d823f', 1, '79993dfe048d3b76'],
    [Purpose.MAC, 'smeg', '3d83c0e4546ac140', 1, '8d967d88f6caa9d714800ab3d48051d63f73a312'],
    [Purpose.KEY, 'queeg', '05dec959acff72f7', 1000, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4'],
    [Purpose.IV, 'queeg', '05dec959acff72f7', 1000, '11dedad7758d4860'],
    [Purpose.MAC, 'queeg', '263216fcc2fab31c', 1000, '5ec4c7a80df652294c3925b6489a7ab857c83476'],
  ];
  for (const [purpose, password, salt, rounds, expected] of cases) {
    const size = expected.length / 2;
    const derived = await derive('SHA-1', purpose, password, bytes(salt), rounds, size);
    assert.equal(hex(derived), expected);
  }
});

test('each sign of a password is equally likely', async () => {
  const counts = new Map();
  for (let octet = 0; octet < 256; octet++) {
    const rigged = { getRandomValues: (array) => array.fill(octet) };
    const made = await withCrypto(rigged, async () => passphrase());
    const [sign] = made;
    assert.equal(made, Array(4).fill(sign.repeat(5)).join('-'));
    counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  assert.equal(counts.size, 32);
  assert.deepEqual(new Set(counts.values()), new Set([8]));
  assert.doesNotMatch([...counts.keys()].join(''), /[^a-z2-9]|[lo]/);
});

test('a password is four groups of five, never the same again', () => {
  const made = Array.from({ length: 1000 }, passphrase);
  assert.equal(new Set(made).size, 1000);
  assert.ok(made.every((each) => isPassphrase(each) && /^(?:\w{5}-){3}\w{5}$/.test(each)));
  const [good] = made;
  const others = [
    '',
    'hunter2',
    good.slice(1),
    `${good}-`,
    `${good}-aaaaa`,
    `${good}\n`,
    ` ${good}`,
    good.replaceAll('-', ''),
    good.toUpperCase(),
    good.replace(/^./, 'l'),
  ];
  others.forEach((each) => assert.ok(!isPassphrase(each), each));
});

test('PEM goes there and back', () => {
  const text = pem('CERTIFICATE', new Uint8Array(100).fill(0xfb));
  assert.match(
    text,
    /^-----BEGIN CERTIFICATE-----\n[^\n]{64}\n[^\n]{64}\n[^\n]{8}\n-----END CERTIFICATE-----\n$/,
  );
  const [one, two, ...more] = certificates(
    `Alice\n${text}\r\nher CA\n${text.replaceAll('\n', '\r\n')}`,
  );
  assert.deepEqual([hex(one), hex(two), more.length], ['fb'.repeat(100), 'fb'.repeat(100), 0]);
  assert.equal(
    pem('X', new Uint8Array(48)).split('\n').length,
    4,
    'no empty line after a full one',
  );
});

test('a text without certificates, or with damaged ones, is malformed', () => {
  const damaged = '-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----';
  const good = pem('CERTIFICATE', new Uint8Array(100));
  assert.equal(certificates(good).length, 1);
  for (const text of [
    '',
    '{"detail":"no"}',
    damaged,
    damaged.replace('\nA\n', '\n'),
    good + damaged,
    good + good.replace('\nAA', '\n?A'),
    good + pem('PRIVATE KEY', new Uint8Array(3)),
    good + ' '.repeat(300_000),
  ]) {
    assert.throws(() => certificates(text), der.Malformed, text.slice(0, 200));
  }
});

test('a certificate for another key is told from ours, and not packed', async () => {
  const [ours, theirs] = [await generateKey(), await generateKey()];
  for (const version of [true, false]) {
    assert.equal(await isFor(await certificateFor(ours, { version }), ours), true);
    assert.equal(await isFor(await certificateFor(theirs, { version }), ours), false);
  }
  const file = { key: ours, password: passphrase(), name: 'Alice' };
  const mine = await certificateFor(ours);
  const hers = await certificateFor(theirs);
  assert.ok(await pkcs12({ ...file, chain: [mine, hers] }));
  await assert.rejects(pkcs12({ ...file, chain: [hers, mine] }), WrongCertificate);
  await assert.rejects(pkcs12({ ...file, chain: [] }), WrongCertificate);
});

test('what is no certificate is malformed', async () => {
  const pair = await generateKey();
  const whole = await certificateFor(pair);
  const empty = der.sequence();
  for (const each of [
    bytes(''),
    empty,
    der.sequence(empty),
    der.octetString(whole),
    whole.subarray(0, whole.length - 1),
    der.concat(whole, whole),
    der.sequence(whole, whole),
  ]) {
    await assert.rejects(isFor(each, pair), der.Malformed);
  }
});

test('only a generated password, a known kind and a known format are taken', async () => {
  const key = await generateKey();
  const file = { key, chain: [await certificateFor(key)], password: passphrase(), name: 'Alice' };
  for (const change of [
    { password: '' },
    { password: 'secret' },
    { format: 'pem' },
    { format: 'constructor' },
  ]) {
    await assert.rejects(pkcs12({ ...file, ...change }), RangeError);
  }
  await assert.rejects(generateKey('DSA'), RangeError);
});

test('the private key leaves WebCrypto once, and is overwritten', async () => {
  const key = await generateKey();
  const chain = [await certificateFor(key)];
  const real = globalThis.crypto;
  for (const format of ['modern', 'legacy']) {
    const exported = [];
    const subtle = new Proxy(real.subtle, {
      get:
        (target, name) =>
        async (...args) => {
          const answer = await target[name](...args);
          if (name === 'exportKey' && args[0] !== 'spki') exported.push(answer);
          return answer;
        },
    });
    const watched = { subtle, getRandomValues: (array) => real.getRandomValues(array) };
    await withCrypto(watched, () =>
      pkcs12({ key, chain, password: passphrase(), name: 'Alice', format }),
    );
    assert.equal(exported.length, 1);
    assert.ok(new Uint8Array(exported[0]).every((octet) => octet === 0));
    assert.ok(exported[0].byteLength > 100);
  }
});

test('without WebCrypto everything says so', async () => {
  const pair = await generateKey();
  for (const none of [undefined, {}, { getRandomValues: () => {} }]) {
    await withCrypto(none, async () => {
      await assert.rejects(generateKey(), NoWebCrypto);
      await assert.rejects(request(pair), NoWebCrypto);
    });
  }
  await withCrypto(undefined, async () => assert.throws(passphrase, NoWebCrypto));
});

test('no module speaks to the network or keeps anything', () => {
  const names = 'der derivation des encryption keys passphrase pem pkcs10 pkcs12 webcrypto'.split(' ');
  const reaching =
    /fetch|XMLHttp|WebSocket|Beacon|EventSource|import\(|storage|indexedDB|document|window|location|console/i;
  for (const name of names) {
    const text = readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8');
    const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    assert.doesNotMatch(code, reaching);
    for (const [, from] of code.matchAll(/from '([^']*)'/g)) {
      assert.ok(names.includes(from.replace(/^\.\/(.*)\.js$/, '$1')), from);
    }
  }
});
