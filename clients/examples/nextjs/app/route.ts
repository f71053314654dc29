// The page with the user's files.
import { AccountRevoked, type AccessToken, AmbiguousAccount, NeedsReauth, NotFound } from "bowline-client";
import { bowline } from "../lib/bowline.ts";
import { files, page, sessionOf } from "../lib/users.ts";

async function tokenOf(user: string): Promise<AccessToken> {
  try {
    return await bowline().token(user);
  } catch (why) {
    const [newest] = why instanceof AmbiguousAccount ? why.accountIds : [];
    if (newest === undefined) throw why;
    return bowline().token(null, { account: newest });
  }
}

export async function GET(request: Request): Promise<Response> {
  const { user } = await sessionOf(request);
  if (user === undefined) return page(user);
  try {
    const token = await tokenOf(user);
    return page(user, "", await files(token.access_token));
  } catch (why) {
    const isKnown = why instanceof NotFound || why instanceof NeedsReauth || why instanceof AccountRevoked;
    if (!isKnown) throw why;
    return page(user, why.code);
  }
}
