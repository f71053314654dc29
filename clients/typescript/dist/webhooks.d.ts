/** Messages of Standard Webhooks: verified by the official package, and read. */
/** The message is not from Bowline, was altered, or is more than five minutes old: answer with 400. */
export declare class InvalidMessage extends Error {
    name: string;
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
    data: {
        account_id?: string;
        external_user_id?: string;
        reason?: string;
        number?: number;
        [name: string]: unknown;
    };
}
/**
 * The event in a message, after its signature was checked with the endpoint's `secret` (`whsec_…`). `body` is the request's
 * body as it came, before anything has parsed it. While two secrets overlap, either will do.
 *
 * @throws {InvalidMessage} if the message cannot be trusted.
 */
export declare function verify(secret: string, body: string | Uint8Array, headers: Headers | Record<string, string | string[] | undefined>): Event;
