/** Node 18 keeps its WebCrypto in a module; a page finds it in the window. */
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
