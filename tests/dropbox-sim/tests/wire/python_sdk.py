"""The official Dropbox package against the simulator: the flow of a real app, with nothing patched.

Called with the path of the certificate authority and the simulator's https origin; hosts come from the
environment, which must be set before the package is imported.
"""

import json
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from dropbox import Dropbox, DropboxOAuth2Flow, create_session
from dropbox.exceptions import AuthError, BadInputError
from dropbox.oauth import NotApprovedException

CA, ORIGIN, CALLBACK = sys.argv[1:4]
KEY, SECRET = "key", "secret"
SCOPES = ["account_info.read", "files.metadata.read"]


class Browser:
    """A user at Dropbox: signs in on the page and presses a button, as a browser would."""

    def __init__(self):
        self.http = requests.Session()
        self.http.verify = CA

    def walk(self, url, decision, email="zoe@example.net"):
        page = self.http.get(url)
        assert page.status_code == 200, page.text
        query = urlsplit(url).query
        users = self.http.get(ORIGIN + "/sim/users").json()["users"]
        account = next(user["account_id"] for user in users if user["email"] == email)
        page = self.http.post(ORIGIN + "/oauth2/sign_in", {"query": query, "account_id": account})
        assert 'id="allow"' in page.text, page.text
        answer = self.http.post(
            ORIGIN + "/oauth2/authorize",
            {"query": query, "decision": decision},
            allow_redirects=False,
        )
        assert answer.status_code == 302, answer.text
        back = answer.headers["Location"]
        assert back.startswith(CALLBACK + "?"), back
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def flow(session, **options):
    return DropboxOAuth2Flow(
        KEY, CALLBACK, session, "csrf", token_access_type="offline", scope=SCOPES, ca_certs=CA, **options
    )


def client(result, **credentials):
    return Dropbox(
        oauth2_access_token=result.access_token,
        oauth2_refresh_token=result.refresh_token,
        oauth2_access_token_expiration=result.expires_at,
        app_key=KEY,
        session=create_session(ca_certs=CA),
        max_retries_on_error=0,
        **credentials,
    )


def use(result, **credentials):
    """Reads the account and files, refreshes, revokes."""
    dbx = client(result, **credentials)
    account = dbx.users_get_current_account()
    assert account.account_id == result.account_id and len(account.account_id) == 40
    assert account.email == "zoe@example.net" and account.account_type.is_pro()
    assert dbx.check_user("hello").result == "hello"
    names = [entry.name for entry in dbx.files_list_folder("").entries]
    assert "Notes of zoe.txt" in names, names

    page = dbx.files_list_folder("", limit=3)
    assert page.has_more and len(page.entries) == 3
    assert len(dbx.files_list_folder_continue(page.cursor).entries) == 1

    before = dbx._oauth2_access_token
    dbx.refresh_access_token()
    assert dbx._oauth2_access_token != before
    assert dbx.users_get_current_account().account_id == result.account_id

    # An expired token is renewed by the package itself, on the 401.
    requests.post(ORIGIN + "/sim/expire", verify=CA).raise_for_status()
    assert dbx.users_get_current_account().account_id == result.account_id

    dbx.auth_token_revoke()
    try:
        client(result, **credentials).users_get_current_account()
    except AuthError as error:
        assert error.error.is_invalid_access_token(), error
    else:
        raise AssertionError("a revoked token still works")
    try:
        dbx.refresh_access_token()
    except AuthError as error:
        assert error.error.is_invalid_access_token(), error
    else:
        raise AssertionError("a revoked grant still refreshes")


def main():
    session = {}
    public = flow(session, use_pkce=True)
    result = public.finish(Browser().walk(public.start("url state"), "allow"))
    assert result.url_state == "url state" and result.refresh_token and result.scope == " ".join(SCOPES)
    use(result)

    confidential = flow(session, consumer_secret=SECRET)
    result = confidential.finish(Browser().walk(confidential.start(), "allow"))
    use(result, app_secret=SECRET)

    declined = flow(session, use_pkce=True)
    try:
        declined.finish(Browser().walk(declined.start(), "cancel"))
    except NotApprovedException:
        pass
    else:
        raise AssertionError("a declined flow finished")

    app = Dropbox(app_key=KEY, app_secret=SECRET, oauth2_access_token="unused", session=create_session(ca_certs=CA))
    assert app.check_app("hello").result == "hello"

    try:
        Dropbox("nonsense", session=create_session(ca_certs=CA)).users_get_current_account()
    except BadInputError as error:
        assert "malformed" in error.message, error
    else:
        raise AssertionError("a malformed token was taken")
    print(json.dumps({"ok": True}))


main()
