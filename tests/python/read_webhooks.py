"""Reads deliveries, a JSON object a line, with the libraries that receivers use.

Each verifies by the secrets that it names as right, and by none that it names as wrong. Prints a line an
event.
"""

import json
import sys
from datetime import datetime

from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks import webhooks


class Then(datetime):
    """The moment at which the delivery came: the library compares with it."""

    moment = 0.0

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(cls.moment, tz)


webhooks.datetime = Then

for line in sys.stdin:
    delivery = json.loads(line)
    headers = delivery["headers"]
    Then.moment = delivery["came"]
    body = delivery["body"].encode()
    for secret in delivery["right"]:
        Webhook(secret).verify(body, headers)
    for secret in delivery["wrong"]:
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            continue
        raise SystemExit(f"{headers['webhook-id']}: a wrong secret verifies")
    event = from_structured(HTTPMessage(headers=headers, body=body), JSONFormat())
    data = event.get_data()
    print(event.get_type(), event.get_id(), event.get_subject(), data["version"])
