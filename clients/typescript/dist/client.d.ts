/** The calls that an app makes, with what no generator can know. */
import { type Client } from "openapi-fetch";
import { type Begun, type Outcome, type Query, type Session } from "./links.js";
import { type Retries, type Surroundings } from "./retry.js";
import type { components, paths } from "./schema.js";
type Schemas = components["schemas"];
/** A token of OAuth 2. */
export type AccessToken = Schemas["AccessToken"];
/** A token of OAuth 1.0 or 1.0a. */
export type OAuth1Token = Schemas["OAuth1Token"];
/** Options of a link: the tenant guide has a table of them. */
export type LinkOptions = Omit<Schemas["CreateLinkSession"], "external_user_id" | "return_url" | "completion_challenge">;
/** Options of the page on which users see and end their links. */
export type ManageOptions = Omit<Schemas["CreateManageSession"], "external_user_id" | "return_url" | "completion_challenge">;
/** Whose token, and which. */
export type TokenOptions = ({
    account: string;
} | {
    connector?: string;
}) & {
    /** The seconds for which the token must still be valid: 0 to 3,600; 300 if omitted. */
    min_ttl?: number;
    /** Some of the account's scopes, for a token that permits nothing else. */
    scopes?: string[];
    /** If the user must link again, `NeedsReauth.linkSession` begins the link that leads back to `returnUrl`. */
    relink?: {
        returnUrl: string;
        session: Session;
    };
};
/** Options of a client. */
export interface Options extends Surroundings {
    /** Bowline's address. */
    url: string;
    /** An API key of your back end. */
    apiKey: string;
    /** How calls are repeated. */
    retries?: Retries;
}
/** Bowline for one tenant. Keep one for the whole process. */
export declare class Bowline {
    #private;
    /** All calls, typed: `await bowline.calls.GET("/v1/accounts")`. What is refused is thrown. */
    readonly calls: Client<paths>;
    constructor(options: Options);
    /**
     * Begins a link for `user`, your own name for the user who is signed in: redirect the browser to its `url`. Keeps what
     * `finish` needs in `session`, the user's session at your app. Its cookie needs `SameSite=Lax`. `returnUrl` is as it is
     * registered with the connector. With `account_id`, that account is linked again.
     */
    begin(user: string, returnUrl: string, session: Session, options?: LinkOptions): Promise<Begun>;
    /** Opens the page on which `user` sees and ends their links: redirect the browser to its `url` (303). `finish` serves both. */
    manage(user: string, returnUrl: string, session: Session, options?: ManageOptions): Promise<Begun>;
    /**
     * What became of the link with which the browser comes to your return URL. `user` is who is signed in now. A link that this
     * session did not begin for this user is never completed. The call may be repeated: a browser may come back twice.
     *
     * @throws {BowlineError} if nothing is decided yet; the user may load the page again.
     */
    finish(user: string, query: Query, session: Session): Promise<Outcome>;
    /**
     * A token that works now, of a user or, with `{ account }` in place of the user, of one account. Do not store it; ask again.
     *
     * @throws {NotFound} the user has linked nothing.
     * @throws {NeedsReauth} the user must link again.
     * @throws {AmbiguousAccount} the user has linked several accounts; ask for one of its `accountIds`.
     */
    token(user: string | null, options?: TokenOptions): Promise<AccessToken>;
    /** Like `token`, for accounts that were linked by OAuth 1.0 or 1.0a. */
    oauth1Token(user: string | null, options?: TokenOptions): Promise<OAuth1Token>;
}
export {};
