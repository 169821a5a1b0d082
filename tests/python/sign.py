"""Signs what schemathesis sends to the road of portals, as a portal does."""

import hashlib
import hmac
import os

import requests
import schemathesis


class Signature(requests.auth.AuthBase):
    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        seconds = os.environ["PORTAL_SECONDS"]
        key = os.environ["PORTAL_KEY"].encode()
        signature = hmac.new(key, seconds.encode() + b"." + body, hashlib.sha256)
        request.headers["x-portal"] = os.environ["PORTAL_NAME"]
        request.headers["x-portal-timestamp"] = seconds
        request.headers["x-portal-signature"] = "v1=" + signature.hexdigest()
        return request


schemathesis.auth.set_from_requests(Signature())
