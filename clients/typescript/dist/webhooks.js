/** Messages of Standard Webhooks: verified by the official package, and read. */
import { Webhook } from "standardwebhooks";
/** The message is not from Bowline, was altered, or is more than five minutes old: answer with 400. */
export class InvalidMessage extends Error {
    name = "InvalidMessage";
}
/**
 * The event in a message, after its signature was checked with the endpoint's `secret` (`whsec_…`). `body` is the request's
 * body as it came, before anything has parsed it. While two secrets overlap, either will do.
 *
 * @throws {InvalidMessage} if the message cannot be trusted.
 */
export function verify(secret, body, headers) {
    const pairs = headers instanceof Headers ? [...headers] : Object.entries(headers);
    const texts = Object.fromEntries(pairs.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
    try {
        const text = typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body);
        const { id, type, timestamp, data } = new Webhook(secret).verify(text, texts);
        if (typeof id !== "string" || typeof type !== "string" || typeof data !== "object" || data === null) {
            throw new TypeError("the message is not an event");
        }
        return { id, type, timestamp: new Date(String(timestamp)), data: data };
    }
    catch (error) {
        throw new InvalidMessage(error instanceof Error ? error.message : String(error), { cause: error });
    }
}
