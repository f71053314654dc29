"""An end user with a browser that keeps cookies and has no screen."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx

if TYPE_CHECKING:
    from .world import World


def found(pattern: str, page: httpx.Response) -> str:
    """What a page has at this place."""
    match = re.search(pattern, page.text)
    assert match, f"{page.status_code}: {page.text}"
    return html.unescape(match[1])


class Person:
    """An end user."""

    def __init__(self, world: World, email: str) -> None:
        self.world = world
        self.email = email
        self.cookies: dict[str, str] = {}
        # The cookies are kept by hand, because they are only sent back over TLS otherwise.
        self.http = httpx.Client(trust_env=False)

    def open(self, method: str, url: str, **options: str) -> httpx.Response:
        """Opens a page."""
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": pairs, **{name.replace("_", "-"): value for name, value in options.items()}}
        answer = self.http.request(method, url, headers=headers)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.http.cookies.clear()
        return answer

    def press(self, url: str) -> httpx.Response:
        """Presses a button of a link page."""
        return self.open("POST", url, origin=self.world.bowline, sec_fetch_site="same-origin")

    def goes_to_dropbox(self, url: str) -> str:
        """Goes from the link to Dropbox's page, and returns its address."""
        assert self.open("GET", url).status_code == httpx.codes.OK
        return found('http-equiv="refresh" content="0; url=([^"]+)"', self.press(url))

    def comes_back(self, callback: str) -> dict[str, str]:
        """Returns to the app, and returns the query with which it does."""
        return query(self.open("GET", callback))

    def approves(self, url: str) -> dict[str, str]:
        """Goes all the way and approves."""
        at = self.goes_to_dropbox(url)
        return self.comes_back(self.world.simulate("POST", "approve", authorize_url=at, user=self.email)["redirect"])

    def declines(self, url: str) -> dict[str, str]:
        """Goes all the way and declines at Dropbox."""
        at = self.goes_to_dropbox(url)
        return self.comes_back(self.world.simulate("POST", "decline", authorize_url=at)["redirect"])


def query(answer: httpx.Response) -> dict[str, str]:
    """The query of the address to which a browser is redirected."""
    location = answer.headers.get("location")
    assert location, f"{answer.status_code}: {answer.text}"
    return {name: values[-1] for name, values in parse_qs(urlsplit(location).query).items()}
