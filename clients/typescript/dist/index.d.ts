/** Bowline's client: link your users' Dropbox accounts, and get tokens for them. */
export { type AccessToken, Bowline, type LinkOptions, type ManageOptions, type OAuth1Token, type Options, type TokenOptions } from "./client.js";
export * from "./errors.js";
export type { Account, Begun, Linked, NotLinked, Outcome, Query, Session } from "./links.js";
export type { Retries } from "./retry.js";
export type { components, paths } from "./schema.js";
