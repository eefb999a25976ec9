import { generateKey, NoWebCrypto, WrongCertificate } from './keys.js';
import { request } from './pkcs10.js';
import { pkcs12 } from './pkcs12.js';
import { passphrase } from './passphrase.js';
import { certificates, pem } from './pem.js';

/**
 * The enrolment page: makes the key, has it certified, packs the file. The only things that leave
 * the page are the certification request and, if the person asks for it, the encrypted file.
 */

const main = document.getElementById('enrol');
const words = document.getElementById('words').dataset;
const find = (id) => document.getElementById(id);
const say = (text) => {
  find('progress').textContent = text;
};

/** Clocks may differ so much before a new certificate seems to lie in the future. */
const TOLERANCE = 5 * 60 * 1000;

/** A sentence of the server's or ours, for the person. */
class Told extends Error {}

/** What came of it, for as long as the page is open. */
let made;

/** Nobody else has them: whoever leaves without file and password is asked first. */
const leaving = (event) => event.preventDefault();
const missing = new Set(['file', 'password']);

function has(what) {
  missing.delete(what);
  if (missing.size === 0) {
    removeEventListener('beforeunload', leaving);
  }
}

/** The pair survives a failed request: the same key asked again gets the same certificate. */
let pair;

async function make() {
  say(words.working);
  pair ??= await generateKey(main.dataset.key);
  say(words.asking);
  const answer = await certify(await request(pair));
  const chain = certificates(answer.certificates);
  say(words.packing);
  addEventListener('beforeunload', leaving);
  made = { pair, chain, name: answer.name, file: answer.file, password: passphrase() };
  await offer(find('save'), main.dataset.format, answer.file);
  find('name').textContent = answer.file;
  document.querySelectorAll('.file').forEach((each) => {
    each.textContent = answer.file;
  });
  find('password').textContent = made.password;
  find('clock').hidden = Math.abs(Date.parse(answer.now) - Date.now()) < TOLERANCE;
  find('make').hidden = true;
  find('own').hidden = true;
  find('intro').hidden = true;
  find('done').hidden = false;
  say('');
  find('done-title').focus();
}

/** Sends the request, and nothing else. */
async function certify(certificationRequest) {
  const response = await fetch(main.dataset.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      request: pem('CERTIFICATE REQUEST', certificationRequest),
      device: find('device')?.value.trim() ?? null,
    }),
  }).catch(() => {
    throw new Told(words.offline);
  });
  return read(response);
}

async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Told([answer.title, answer.detail].filter(Boolean).join(' ') || words.offline);
  }
  return answer;
}

/** The encrypted file. */
const pack = (format) =>
  pkcs12({
    key: made.pair,
    chain: made.chain,
    password: made.password,
    name: made.name,
    format,
  });

/** Puts the file behind a link. */
async function offer(link, format, file) {
  const blob = new Blob([await pack(format)], { type: 'application/x-pkcs12' });
  link.href = URL.createObjectURL(blob);
  link.download = file;
}

async function handOver() {
  const response = await fetch(`${main.dataset.path}/phone`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-pkcs12',
      accept: 'application/json',
      'x-file-name': encodeURIComponent(made.file.replace(/\.p12$/, '')),
    },
    body: await pack('legacy'), // every phone opens it
  }).catch(() => {
    throw new Told(words.offline);
  });
  const { address, size, path } = await read(response);
  const qr = find('qr');
  qr.setAttribute('viewBox', `0 0 ${size} ${size}`);
  qr.querySelector('path').setAttribute('d', path);
  find('address').href = address;
  find('address').textContent = address;
  find('handover').hidden = false;
}

/** One sentence, where the person looks and where a screen reader is told. */
function explain(error) {
  const trouble = find('trouble');
  trouble.textContent = sentence(error);
  trouble.hidden = false;
  trouble.focus();
}

function sentence(error) {
  if (error instanceof NoWebCrypto) {
    return words.nocrypto;
  }
  if (error instanceof WrongCertificate) {
    return words.mixed;
  }
  return error.message;
}

/** Runs what a button asks for: once at a time, and explains what goes wrong. */
async function attempt(button, work) {
  button.disabled = true;
  find('trouble').hidden = true;
  try {
    await work();
  } catch (error) {
    say('');
    explain(error);
  } finally {
    button.disabled = false;
  }
}

find('make').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(find('go'), make);
});

find('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(made.password);
  find('copied').textContent = words.copied;
  has('password');
});

/** Packed when it is asked for: the older derivation takes a slow device a second. */
find('refused')?.addEventListener('toggle', async () => {
  const link = find('compatible');
  if (link.hidden) {
    await offer(link, 'legacy', made.file.replace(/\.p12$/, '-compatible.p12'));
    link.hidden = false;
  }
});

for (const link of ['save', 'compatible']) {
  find(link)?.addEventListener('click', () => has('file'));
}

/** Who signs in has put the file into the browser. */
find('try')?.addEventListener('click', () => removeEventListener('beforeunload', leaving));

find('send')?.addEventListener('click', () => attempt(find('send'), handOver));

/** Safari on an iPad says that it is a Mac, but no Mac is touched with several fingers. */
if (main.dataset.platform === 'macos' && navigator.maxTouchPoints > 1) {
  document.querySelector('.others').open = true;
  document.querySelector('[data-guide=ios]').open = true;
  for (const each of [find('device'), find('own-device')]) {
    if (each) {
      each.value = words.ipad;
    }
  }
}

if (globalThis.crypto?.subtle) {
  find('make').hidden = false;
} else {
  explain(new NoWebCrypto());
}
