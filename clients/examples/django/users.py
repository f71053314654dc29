"""The app before it knew Bowline: it has users who sign in, and a page. This stands in for your own."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

WORDS = {
    "": "",
    "not_found": "You have not linked a Dropbox yet.",
    "needs_reauth": "Your Dropbox is not connected any more. Please link it again.",
    "account_revoked": "Your Dropbox is not connected any more. Please link it again.",
    "access_denied": "You declined, and that is fine. Nothing was linked.",
    "not_started_here": "This link was not started here, so nothing was linked.",
}


def page(request: HttpRequest, code: str = "", files: Sequence[str] = ()) -> HttpResponse:
    """The one page of the app, with a message for a code of Bowline's."""
    message = WORDS.get(code, "Your Dropbox was not linked. Please try again.")
    user = request.session.get("user")
    return render(request, "home.html", {"user": user, "message": message, "files": files})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Begins a new session, which knows nothing of an earlier user's."""
    request.session.flush()
    request.session["user"] = request.POST["user"]
    return redirect("home")
