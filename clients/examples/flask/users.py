"""The app before it knew Bowline: it has users who sign in. This stands in for your own."""

import os
import secrets

from flask import Flask, redirect, request, session, url_for

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ.get("SECRET_KEY") or secrets.token_hex(),
    # With Strict, the browser would come back from Dropbox without its session.
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=os.environ.get("RETURN_URL", "").startswith("https:"),
)


@app.post("/sign-in")
def sign_in():
    """Begins a new session, which knows nothing of an earlier user's."""
    session.clear()
    session["user"] = request.form["user"]
    return redirect(url_for("home"))
