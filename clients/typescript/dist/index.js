/** Bowline's client: link your users' Dropbox accounts, and get tokens for them. */
export { Bowline } from "./client.js";
export * from "./errors.js";
