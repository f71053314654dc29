"""Lists what lies in its users' Dropbox accounts, which they link through Bowline."""

import logging
import os

from bowline_client import AccountRevoked, AmbiguousAccount, AsyncBowline, Linked, NeedsReauth, NotFound, webhooks
from dropbox import Dropbox
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from users import app, page

bowline = AsyncBowline.from_env()
log = logging.getLogger(__name__)


@app.get("/")
async def home(request: Request) -> Response:
    user = request.session.get("user")
    if user is None:
        return page(request)
    try:
        token = await bowline.token(user)
    except AmbiguousAccount as several:
        token = await bowline.token(account=several.account_ids[0])
    except (NotFound, NeedsReauth, AccountRevoked) as why:
        return page(request, why.code)
    # Dropbox's package waits for its answers, so it gets a thread.
    found = await run_in_threadpool(Dropbox(token.access_token).files_list_folder, "")
    return page(request, files=[entry.name for entry in found.entries])


@app.get("/link")
async def link(request: Request) -> Response:
    if "user" not in request.session:
        return RedirectResponse("/", 302)
    begun = await bowline.begin(request.session["user"], os.environ["RETURN_URL"], request.session)
    return RedirectResponse(begun.url, 302)


@app.get("/linked")
async def linked(request: Request) -> Response:
    outcome = await bowline.finish(request.session.get("user", ""), request.query_params, request.session)
    if isinstance(outcome, Linked):
        return RedirectResponse("/", 302)
    return RedirectResponse(outcome.page, 302) if outcome.page else page(request, outcome.reason)


@app.post("/hooks")
async def hooks(request: Request) -> Response:
    try:
        event = webhooks.verify(os.environ["WEBHOOK_SECRET"], await request.body(), request.headers)
    except webhooks.InvalidMessage:
        return Response(status_code=400)
    log.warning("%s: %s", event.type, event.user)
    return Response(status_code=204)
