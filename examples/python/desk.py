"""A desk in JSON over HTTP, with nothing but Python's own library.

    python3 desk.py ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid


class Refused(Exception):
    """The server said no, and why."""

    def __init__(self, error):
        details = {one["@type"].rsplit(".", 1)[-1]: one for one in error["details"]}
        self.reason = details["ErrorInfo"]["reason"]
        # For the clerk, in Vietnamese.
        self.text = details.get("LocalizedMessage", {}).get("message", error["message"])
        super().__init__(f"{self.reason}: {error['message']}")


class Motcua:
    def __init__(self, address, token):
        self.address, self.token = address, token

    def call(self, method, **body):
        """A call; a write is sent again under its `request_id` when no answer came."""
        data = json.dumps(body).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.address}/motcua.v1.{method}", data, headers)
        for attempt in range(5):
            try:
                with urllib.request.urlopen(request, timeout=35) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # Too many at once, or a database that does not answer: the server says when.
                if error.code in (429, 503) and attempt < 4:
                    time.sleep(int(error.headers.get("retry-after", "1")))
                    continue
                raise Refused(json.load(error)) from None
            except urllib.error.URLError:
                if attempt == 4:
                    raise
                time.sleep(1)


def new_request():
    """Made and stored before the first try; the same one goes with every retry."""
    return str(uuid.uuid4())


def main(address, unit, receptionist, portal):
    desk = Motcua(address, receptionist)

    dossier = desk.call(
        "DossierService/ReceiveDossier",
        request_id=new_request(),
        receiving_unit=unit,
        procedure="1.004873",
        channel="CHANNEL_DESK",
        applicant={"name": "Nguyễn Thị Mẫu", "phone": "0900000001"},
        components=["to-khai"],
        duplicate_intended=True,
    )
    print("received", dossier["code"], "due", dossier["effective_due_time"])

    receipt = desk.call("DossierService/GetReceipt", name=dossier["name"], request_id=new_request())
    print("receipt", receipt["code"], "PIN", receipt["pin"], "print", receipt["print_number"])

    # A button for each thing that this person may do now, and for no other.
    print("buttons", ", ".join(dossier["allowed_actions"]))

    try:
        desk.call(
            "DossierService/AdvanceDossier",
            request_id=new_request(),
            name=dossier["name"],
            etag="1-of-yesterday",
            step="appraise",
        )
    except Refused as refused:
        print("refused", refused.reason, "-", refused.text)

    dossier = desk.call(
        "DossierService/AdvanceDossier",
        request_id=new_request(),
        name=dossier["name"],
        etag=dossier["etag"],
        step="appraise",
    )
    print("advanced", dossier["code"], "version", dossier["version"])

    # The feed: store the cursor of what was processed, and go on after it.
    feed, after, seen = Motcua(address, portal), "", 0
    while True:
        page = feed.call("EventService/ListEvents", after=after, limit=200)
        seen += len(page["events"])
        after = page["next_cursor"]
        if page["done"]:
            break
    print("events", seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
