"""Python's own packages for OAuth 1 against the simulator: nothing is patched.

Called with the path of the certificate authority, the simulator's https origin and the callback.
"""

import json
import sys
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import requests
from requests_oauthlib import OAuth1, OAuth1Session
from requests_oauthlib.oauth1_session import TokenRequestDenied

CA, ORIGIN, CALLBACK = sys.argv[1:4]
KEY, SECRET = "key", "secret"


def walk(url, decision, email="zoe@example.net"):
    """A user who signs in on the page and presses a button; the address that the browser is sent to."""
    http = requests.Session()
    http.verify = CA
    page = http.get(url)
    assert page.status_code == 200 and 'id="sign-in"' in page.text, page.text
    parts = urlsplit(url)
    users = http.get(ORIGIN + "/sim/users").json()["users"]
    account = next(user["account_id"] for user in users if user["email"] == email)
    form = {"page": parts.path, "query": parts.query, "account_id": account}
    page = http.post(ORIGIN + "/oauth2/sign_in", form)
    assert 'id="allow"' in page.text, page.text
    form = {"query": parts.query, "decision": decision}
    answer = http.post(ORIGIN + parts.path, form, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = answer.headers["Location"]
    assert back.startswith(CALLBACK + "?"), back
    return back


def one_0a(**options):
    """1.0a: requests-oauthlib's helper does everything."""
    session = OAuth1Session(KEY, client_secret=SECRET, callback_uri=CALLBACK + "?state=s", **options)
    session.verify = CA
    token = session.fetch_request_token(ORIGIN + "/oauth/request_token")
    assert token["oauth_callback_confirmed"] == "true", token
    back = walk(session.authorization_url(ORIGIN + "/oauth/authorize"), "allow")
    assert parse_qs(urlsplit(back).query)["state"] == ["s"], back
    session.parse_authorization_response(back)
    session.fetch_access_token(ORIGIN + "/oauth/access_token")
    account = session.get(ORIGIN + "/account/verify_credentials.json", params={"skip_status": "a b+c"})
    assert account.status_code == 200 and account.json()["email"] == "zoe@example.net", account.text


def one_0a_denied():
    session = OAuth1Session(KEY, client_secret=SECRET, callback_uri=CALLBACK)
    session.verify = CA
    token = session.fetch_request_token(ORIGIN + "/oauth/request_token")
    back = walk(session.authorization_url(ORIGIN + "/oauth/authorize"), "cancel")
    assert parse_qs(urlsplit(back).query) == {"denied": [token["oauth_token"]]}, back


def one_0a_wrong_verifier():
    session = OAuth1Session(KEY, client_secret=SECRET, callback_uri=CALLBACK)
    session.verify = CA
    session.fetch_request_token(ORIGIN + "/oauth/request_token")
    walk(session.authorization_url(ORIGIN + "/oauth/authorize"), "allow")
    try:
        session.fetch_access_token(ORIGIN + "/oauth/access_token", verifier="wrong")
    except TokenRequestDenied as error:
        assert error.status_code == 401, error
    else:
        raise AssertionError("a wrong verifier was taken")


def form(answer):
    assert answer.status_code == 200, answer.text
    return dict(parse_qsl(answer.text, strict_parsing=True))


def post(path, auth, **options):
    return requests.post(ORIGIN + path, auth=auth, verify=CA, **options)


def one_0(**options):
    """1.0, as Dropbox spoke it: the helper insists on a verifier, so each request is signed by itself."""
    request_token = form(post("/1/oauth/request_token", OAuth1(KEY, SECRET, **options)))
    assert set(request_token) == {"oauth_token", "oauth_token_secret"}, request_token
    query = urlencode({"oauth_token": request_token["oauth_token"], "oauth_callback": CALLBACK + "?state=s"})
    back = parse_qs(urlsplit(walk(ORIGIN + "/1/oauth/authorize?" + query, "allow")).query)
    assert back["oauth_token"] == [request_token["oauth_token"]] and back["state"] == ["s"], back
    pair = request_token["oauth_token"], request_token["oauth_token_secret"]
    access_token = form(post("/1/oauth/access_token", OAuth1(KEY, SECRET, *pair, **options)))
    assert back["uid"] == [access_token["uid"]], access_token
    auth = OAuth1(KEY, SECRET, access_token["oauth_token"], access_token["oauth_token_secret"], **options)
    account = post("/1/account/info", auth, data={"locale": "de", "x": "é &"}).json()
    assert str(account["uid"]) == access_token["uid"], account
    oauth2 = post("/1/oauth2/token_from_oauth1", auth).json()
    bearer = {"Authorization": "Bearer " + oauth2["access_token"]}
    same = requests.post(ORIGIN + "/2/users/get_current_account", headers=bearer, verify=CA).json()
    assert oauth2["token_type"] == "bearer" and same["email"] == "zoe@example.net", same
    assert post("/1/disable_access_token", auth).status_code == 200
    dead = post("/1/account/info", auth)
    assert (dead.status_code, dead.json()) == (401, {"error": "Token is invalid."}), dead.text
    return pair


def one_0_denied():
    request_token = form(post("/1/oauth/request_token", OAuth1(KEY, SECRET)))
    query = urlencode({"oauth_token": request_token["oauth_token"], "oauth_callback": CALLBACK})
    back = walk(ORIGIN + "/1/oauth/authorize?" + query, "cancel")
    assert parse_qs(urlsplit(back).query) == {"not_approved": ["true"]}, back


def refusals(used):
    refused = post("/1/oauth/access_token", OAuth1(KEY, SECRET, *used))
    assert (refused.status_code, refused.json()) == (401, {"error": "Request token not found."}), refused.text
    fresh = form(post("/1/oauth/request_token", OAuth1(KEY, SECRET)))
    pair = fresh["oauth_token"], fresh["oauth_token_secret"]
    refused = post("/1/oauth/access_token", OAuth1(KEY, SECRET, *pair))
    wanted = {"error": "Request token has not been properly authorized by a user."}
    assert (refused.status_code, refused.json()) == (401, wanted), refused.text
    refused = post("/1/oauth/request_token", OAuth1(KEY, "wrong"))
    assert refused.status_code == 403, refused.text
    sentence = "Invalid signature. Expected signature base string: POST&https%3A%2F%2F"
    assert refused.json()["error"].startswith(sentence), refused.text
    assert post("/1/oauth/request_token", OAuth1("unknown", SECRET)).status_code == 401
    assert post("/oauth/request_token", OAuth1(KEY, SECRET)).status_code == 400, "no callback"
    old = OAuth1(KEY, SECRET, timestamp="1")
    assert post("/1/oauth/request_token", old).status_code == 401
    answers = [post("/1/oauth/request_token", OAuth1(KEY, SECRET, nonce="n")).status_code for _ in range(2)]
    assert answers == [200, 401], "a nonce serves once"


for method in ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"]:
    for place in ["AUTH_HEADER", "BODY", "QUERY"]:
        how = {"signature_method": method, "signature_type": place}
        one_0a(**how) if place == "AUTH_HEADER" else None
        used = one_0(**how)
one_0a_denied()
one_0a_wrong_verifier()
one_0_denied()
refusals(used)
print(json.dumps({"ok": True}))
