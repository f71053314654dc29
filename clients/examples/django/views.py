"""Lists what lies in its users' Dropbox accounts, which they link through Bowline."""

import logging
import os

from bowline_client import AccountRevoked, AmbiguousAccount, Bowline, Linked, NeedsReauth, NotFound, webhooks
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from dropbox import Dropbox
from users import page

bowline = Bowline.from_env()
log = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = request.session.get("user")
    if user is None:
        return page(request)
    try:
        token = bowline.token(user)
    except AmbiguousAccount as several:
        token = bowline.token(account=several.account_ids[0])
    except (NotFound, NeedsReauth, AccountRevoked) as why:
        return page(request, why.code)
    entries = Dropbox(token.access_token).files_list_folder("").entries
    return page(request, files=[entry.name for entry in entries])


@require_safe
def link(request: HttpRequest) -> HttpResponse:
    if "user" not in request.session:
        return redirect("home")
    return redirect(bowline.begin(request.session["user"], os.environ["RETURN_URL"], request.session).url)


@require_safe
def linked(request: HttpRequest) -> HttpResponse:
    outcome = bowline.finish(request.session.get("user", ""), request.GET, request.session)
    if isinstance(outcome, Linked):
        return redirect("home")
    return redirect(outcome.page) if outcome.page else page(request, outcome.reason)


@csrf_exempt  # Bowline has no page of yours; the signature says who sends.
@require_POST
def hooks(request: HttpRequest) -> HttpResponse:
    try:
        event = webhooks.verify(os.environ["WEBHOOK_SECRET"], request.body, request.headers)
    except webhooks.InvalidMessage:
        return HttpResponseBadRequest()
    log.warning("%s: %s", event.type, event.user)
    return HttpResponse(status=204)
