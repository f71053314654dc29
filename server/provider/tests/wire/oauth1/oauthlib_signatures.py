"""Signs and verifies requests with oauthlib: one JSON object a line in, one a line out.

`accepted` says whether oauthlib takes the Authorization header that came in; `signature` is the one that it makes of the same
request by itself.
"""

import json
import sys
from urllib.parse import urlsplit

from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849 import signature
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

VERIFY = {
    "HMAC-SHA1": signature.verify_hmac_sha1,
    "HMAC-SHA256": signature.verify_hmac_sha256,
    "PLAINTEXT": signature.verify_plaintext,
}


class Request:
    """What oauthlib's functions read of a request."""


def accepted(line):
    request = Request()
    request.http_method = line["method"]
    request.uri = line["url"]
    header = {"Authorization": line["header"]}
    sent = dict(signature.collect_parameters(headers=header, exclude_oauth_signature=False))
    request.signature = sent["oauth_signature"]
    request.params = signature.collect_parameters(urlsplit(line["url"]).query, line["body"], header)
    return VERIFY[line["signature_method"]](request, line["app_secret"], line["token_secret"])


def signed(line):
    client = Client(
        line["app_key"],
        client_secret=line["app_secret"],
        resource_owner_key=line["token"],
        resource_owner_secret=line["token_secret"],
        callback_uri=line["callback"],
        verifier=line["verifier"],
        signature_method=line["signature_method"],
        nonce=line["nonce"],
        timestamp=line["timestamp"],
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"} if line["body"] is not None else {}
    _, headers, _ = client.sign(line["url"], line["method"], line["body"], form)
    sent = dict(parse_authorization_header(headers["Authorization"]))
    return signature.utils.unescape(sent["oauth_signature"])


for text in sys.stdin:
    line = json.loads(text)
    print(json.dumps({"accepted": bool(accepted(line)), "signature": signed(line)}))
