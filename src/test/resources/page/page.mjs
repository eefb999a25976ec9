/**
 * Does what the enrolment page does, with files in place of a server. The key waits in a file
 * between the two steps; a page keeps it in its memory.
 *
 *   node page.mjs request EC|RSA     writes key.json, request.pem
 *   node page.mjs pack modern|legacy reads key.json, chain.pem, name; writes page.p12, password
 */
import './webcrypto.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { generateKey } from './keys.js';
import { passphrase } from './passphrase.js';
import { certificates, pem } from './pem.js';
import { pkcs12 } from './pkcs12.js';
import { request } from './pkcs10.js';

const { subtle } = globalThis.crypto;
const [step, kind] = process.argv.slice(2);

if (step === 'request') {
  const pair = await generateKey(kind);
  writeFileSync('key.json', JSON.stringify(await kept(pair)));
  writeFileSync('request.pem', pem('CERTIFICATE REQUEST', await request(pair)));
} else {
  const password = passphrase();
  const file = await pkcs12({
    key: await found(JSON.parse(readFileSync('key.json', 'utf8'))),
    chain: certificates(readFileSync('chain.pem', 'utf8')),
    password,
    name: readFileSync('name', 'utf8'),
    format: kind,
  });
  writeFileSync('page.p12', file);
  writeFileSync('password', password);
}

async function kept({ privateKey, publicKey }) {
  return {
    algorithm: {
      name: privateKey.algorithm.name,
      namedCurve: privateKey.algorithm.namedCurve,
      hash: 'SHA-256',
    },
    privateKey: await subtle.exportKey('jwk', privateKey),
    publicKey: await subtle.exportKey('jwk', publicKey),
  };
}

async function found({ algorithm, privateKey, publicKey }) {
  return {
    privateKey: await subtle.importKey('jwk', privateKey, algorithm, true, ['sign']),
    publicKey: await subtle.importKey('jwk', publicKey, algorithm, true, ['verify']),
  };
}
