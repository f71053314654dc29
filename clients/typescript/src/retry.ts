/** A `fetch` that repeats a call when that helps, and throws the error that belongs to a refusal. */

import { ApiError, type BowlineError, errorOf, Unreachable } from "./errors.js";

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

// What says that the call may be repeated if it comes from Bowline with `Retry-After`.
const REPEATED_IF_TOLD = new Set([408, 409, 429, 502, 503]);
// What a proxy before Bowline says when no server is there.
const OF_PROXIES = new Set([502, 503, 504]);
// A call may wait for a change for 30 seconds.
const TIMEOUT = 40_000;

/** The seconds of `Retry-After`, which may also be a date (RFC 9110, 10.2.3). */
function retryAfter(response: Response): number | undefined {
  const told = response.headers.get("retry-after");
  if (told === null) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

async function refusal(response: Response): Promise<ApiError> {
  const members: unknown = await response.json().catch(() => undefined);
  const told = retryAfter(response);
  if (typeof members === "object" && members !== null && "code" in members) {
    return errorOf(members as Record<string, unknown>, response.status, told);
  }
  const detail = "the answer comes from something before Bowline, such as a proxy";
  return errorOf({ code: `http_${response.status}`, detail }, response.status, told);
}

/** The error that an answer means. */
async function judge(response: Response): Promise<BowlineError | undefined> {
  if (response.status >= 400) return refusal(response);
  const kind = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
  if (response.status === 204 || kind === "application/json") return undefined;
  return new Unreachable(`the answer ${response.status} ${kind} is not Bowline's`.replace("  ", " "));
}

function mayBeRepeated(error: BowlineError): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.retryAfter !== undefined) return REPEATED_IF_TOLD.has(error.status);
  return error.code === "link_in_progress" || (error.requestId === "" && OF_PROXIES.has(error.status));
}

/** A `fetch` whose answers are successes. */
export function retrying(retries: Retries, surroundings: Surroundings): (request: Request) => Promise<Response> {
  const { attempts = 3, patience = 5 } = retries;
  const send = surroundings.fetch ?? ((request: Request) => fetch(request));
  const sleep = surroundings.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  return async (request) => {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      // One key for all attempts, so that a repeated call is not carried out twice.
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
    let waited = 0;
    for (let number = 1; ; number++) {
      let error: BowlineError | undefined;
      let again = true;
      try {
        const attempt = new Request(request.clone(), { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
        const response = await send(attempt);
        error = await judge(response.clone());
        if (error === undefined) return response;
        again = mayBeRepeated(error);
      } catch (lost) {
        error = new Unreachable(`Bowline does not answer: ${String(lost)}`, { cause: lost });
      }
      // The random part keeps the clients of a crowd apart.
      const told = error instanceof ApiError ? error.retryAfter : undefined;
      const pause = (told ?? 0.1 * 2 ** number) + Math.random() / 4;
      if (!again || number >= attempts || waited + pause > patience) throw error;
      await sleep(pause * 1000);
      waited += pause;
    }
  };
}
