/** Messages of Standard Webhooks: verified by the official package, and read. */

import { Webhook } from "standardwebhooks";

/** The message is not from Bowline, was altered, or is more than five minutes old: answer with 400. */
export class InvalidMessage extends Error {
  override name = "InvalidMessage";
}

/** What happened. The same event can come twice, with the same `id`. */
export interface Event {
  /** `evt_…`: keep the ids of what you have handled. */
  id: string;
  /** Such as `account.needs_reauth`. */
  type: string;
  /** When it happened. */
  timestamp: Date;
  /** Ids, status and reason: see the tenant guide. */
  data: { account_id?: string; external_user_id?: string; reason?: string; number?: number; [name: string]: unknown };
}

/**
 * The event in a message, after its signature was checked with the endpoint's `secret` (`whsec_…`). `body` is the request's
 * body as it came, before anything has parsed it. While two secrets overlap, either will do.
 *
 * @throws {InvalidMessage} if the message cannot be trusted.
 */
export function verify(
  secret: string,
  body: string | Uint8Array,
  headers: Headers | Record<string, string | string[] | undefined>,
): Event {
  const pairs = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const texts = Object.fromEntries(pairs.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  try {
    const text = typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body);
    const { id, type, timestamp, data } = new Webhook(secret).verify(text, texts) as Record<string, unknown>;
    if (typeof id !== "string" || typeof type !== "string" || typeof data !== "object" || data === null) {
      throw new TypeError("the message is not an event");
    }
    return { id, type, timestamp: new Date(String(timestamp)), data: data as Event["data"] };
  } catch (error) {
    throw new InvalidMessage(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
