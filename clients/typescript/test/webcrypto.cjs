// Debian's Node.js is 18, which has no global WebCrypto. The client is for 20 and newer, which have it.
globalThis.crypto ??= require("node:crypto").webcrypto;
