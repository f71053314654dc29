/** A `fetch` that repeats a call when that helps, and throws the error that belongs to a refusal. */
/**
 * How a call is repeated after a lost answer, and after an answer that says when to repeat it (`Retry-After`). No call is
 * repeated sooner than it says. If that would take longer than `patience`, the error is thrown at once, and its `retryAfter`
 * says when to try again.
 */
export interface Retries {
    /** How often a call is sent at most; 3 if omitted. */
    attempts?: number;
    /** How many seconds a call waits at most, all pauses together, besides the time in which it is answered; 5 if omitted. */
    patience?: number;
}
/** What the client takes besides, for tests and for unusual surroundings. */
export interface Surroundings {
    /** Sends a request; the global `fetch` if omitted. */
    fetch?: (request: Request) => Promise<Response>;
    /** Waits for so many milliseconds. */
    sleep?: (milliseconds: number) => Promise<void>;
}
/** A `fetch` whose answers are successes. */
export declare function retrying(retries: Retries, surroundings: Surroundings): (request: Request) => Promise<Response>;
