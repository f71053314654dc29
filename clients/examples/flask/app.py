"""Lists what lies in its users' Dropbox accounts, which they link through Bowline."""

import os

from bowline_client import AccountRevoked, AmbiguousAccount, Bowline, Linked, NeedsReauth, NotFound, webhooks
from dropbox import Dropbox
from flask import redirect, render_template, request, session, url_for
from users import app

bowline = Bowline.from_env()
app.register_error_handler(webhooks.InvalidMessage, lambda _: ("", 400))


@app.get("/")
def home():
    try:
        token = bowline.token(session.get("user", "nobody"))
    except AmbiguousAccount as several:
        token = bowline.token(account=several.account_ids[0])
    except (NotFound, NeedsReauth, AccountRevoked) as why:
        return render_template("home.html", message=why.code)
    return render_template("home.html", files=Dropbox(token.access_token).files_list_folder("").entries)


@app.post("/link")
def link():
    return redirect(bowline.begin(session["user"], os.environ["RETURN_URL"], session).url, 303)


@app.get("/linked")
def linked():
    outcome = bowline.finish(session.get("user", ""), request.args, session)
    if isinstance(outcome, Linked):
        return redirect(url_for("home"))
    return redirect(outcome.page) if outcome.page else render_template("home.html", message=outcome.reason)


@app.post("/hooks")
def hooks():
    event = webhooks.verify(os.environ["WEBHOOK_SECRET"], request.get_data(), request.headers)
    app.logger.warning("%s: %s", event.type, event.user)
    return "", 204
