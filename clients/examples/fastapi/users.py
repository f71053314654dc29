"""The app before it knew Bowline: it has users who sign in, and a page. This stands in for your own."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(
    SessionMiddleware,
    secret_key=os.environ.get("SECRET_KEY") or secrets.token_hex(),
    # With strict, the browser would come back from Dropbox without its session.
    same_site="lax",
    https_only=os.environ.get("RETURN_URL", "").startswith("https:"),
)
templates = Jinja2Templates(Path(__file__).parent / "templates")

WORDS = {
    "": "",
    "not_found": "You have not linked a Dropbox yet.",
    "needs_reauth": "Your Dropbox is not connected any more. Please link it again.",
    "account_revoked": "Your Dropbox is not connected any more. Please link it again.",
    "access_denied": "You declined, and that is fine. Nothing was linked.",
    "not_started_here": "This link was not started here, so nothing was linked.",
}


def page(request: Request, code: str = "", files: Sequence[str] = ()) -> Response:
    """The one page of the app, with a message for a code of Bowline's."""
    message = WORDS.get(code, "Your Dropbox was not linked. Please try again.")
    return templates.TemplateResponse(request, "home.html", {"message": message, "files": files})


@app.post("/sign-in")
async def sign_in(request: Request, user: Annotated[str, Form()]) -> Response:
    """Begins a new session, which knows nothing of an earlier user's."""
    request.session.clear()
    request.session["user"] = user
    return RedirectResponse("/", 303)
