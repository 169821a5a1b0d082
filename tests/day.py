#!/usr/bin/env python3
"""A day of one province against the real server: 24 hours on the clock, by default in twelve minutes.

    python3 tests/day.py BINARY [HOURS] [SPEED] [WRITES_A_SECOND]

The clock on the wall runs SPEED times faster for the server (Debian: faketime); timers do not. Callers take
dossiers from the desk to the citizen and back, search, list, look up with right and wrong PINs and read
reports, with logs on at debug. At the end no line of the log may hold a personal value, and the memory must
be what it was in the morning. Exits with 1 when it is not.
"""

import http.client
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid

FAKETIME = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
LISTEN, WATCH = "127.0.0.1:17580", "127.0.0.1:17581"
WARDS = ["02215", "00691", "00694", "02473"]
MORNING = 8


class Caller:
    """A connection that is opened again when it broke."""

    def __init__(self, token):
        self.token, self.line = token, None

    def call(self, method, **body):
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        for _ in range(5):
            try:
                self.line = self.line or http.client.HTTPConnection(LISTEN, timeout=35)
                self.line.request("POST", f"/motcua.v1.{method}", json.dumps(body), headers)
                answer = self.line.getresponse()
                text = answer.read()
            except OSError:
                self.line = None
                time.sleep(0.2)
                continue
            if answer.status >= 500 and answer.status != 503:
                raise SystemExit(f"{method}: {answer.status} {text[:300]}")
            if answer.status in (429, 503):
                time.sleep(1)
                continue
            return answer.status, json.loads(text)
        return 0, {}


class Day:
    def __init__(self, tokens, pause):
        self.tokens, self.pause = tokens, pause
        self.over, self.counts, self.lock = threading.Event(), {}, threading.Lock()
        # Every personal value that is ever sent; none of them may be in the log.
        self.people, self.pins = [], []
        self.numbers = itertools.count(1)

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def person(self):
        number = next(self.numbers)
        words = ["Quynh", "Thao", "Vuong", "Khanh", "Loc", "Nhan"]
        person = {
            "name": f"Đặng Mật {words[number % 6]} {words[number // 6 % 6]} Z{number}z",
            "id_number": f"777{number:09d}",
            "phone": f"0977{number:07d}",
            "address": f"Ngõ Kín {number}k, tổ 9",
        }
        with self.lock:
            self.people.append(person)
        return person

    def life(self, ward):
        """From the desk to the citizen."""
        desk = Caller(self.tokens[ward])
        person = self.person()
        write = lambda: {"request_id": str(uuid.uuid4())}
        status, dossier = desk.call(
            "DossierService/ReceiveDossier", **write(), receiving_unit=ward, procedure="1.004873",
            channel="CHANNEL_DESK", applicant=person, components=["to-khai"], duplicate_intended=True,
        )
        if status != 200:
            reason = next((d["reason"] for d in dossier.get("details", []) if "reason" in d), "")
            self.count(f"refused {status} {reason}")
            time.sleep(self.pause())
            return
        self.count("received")
        pin = dossier["receipt"]["pin"] if dossier.get("receipt") else ""
        if pin:
            with self.lock:
                self.pins.append(pin)
        time.sleep(self.pause())
        citizen = Caller("")
        citizen.call("LookupService/LookupDossier", code=dossier["code"], pin=pin)
        citizen.call("LookupService/LookupDossier", code=dossier["code"], pin="ZZZZZZ")
        desk.call("DossierService/SearchDossiers", query=person["name"])
        desk.call("DossierService/SearchDossiers", query=person["phone"])
        desk.call("WorklistService/ListWorklist", unit=ward, page_size=20)
        for method, more in [
            ("AdvanceDossier", {"step": "appraise"}),
            ("AdvanceDossier", {"step": "sign"}),
            ("ResolveDossier", {}),
            ("ReturnResult", {"channel": "CHANNEL_DESK", "receiver": {"name": person["name"]}}),
        ]:
            time.sleep(self.pause())
            name = {"name": dossier["name"], "etag": dossier["etag"]}
            status, answer = desk.call(f"DossierService/{method}", **write(), **name, **more)
            if status != 200:
                self.count(f"refused {method} {status}")
                # Wrong input must not be told to the log either.
                desk.call("DossierService/CorrectDossier", **write(), **name, reason=person["name"],
                          applicant={**person, "phone": person["name"]})
                return
            self.count(method)
            dossier = answer

    def work(self, ward):
        while not self.over.is_set():
            self.life(ward)
            if random.random() < 0.05:
                desk = Caller(self.tokens[ward])
                desk.call("ReportService/GetRates", unit=ward, **{"from": "2026-08-01", "to": "2026-08-03"})
                desk.call("EventService/ListEvents", limit=50)
                desk.call("WorklistService/GetWorklistCounts", unit=ward)


def memory(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) // 1024


def main(binary, hours=24, speed=120, writes=60):
    hours, speed, writes = int(hours), int(speed), float(writes)
    if FAKETIME is None:
        raise SystemExit("libfaketime is needed: apt-get install faketime")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="motcua-day-"))
    database = f"sqlite:{folder}/m.db"
    clock = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"@2026-08-03 00:00:00 x{speed}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "Asia/Ho_Chi_Minh",
    }
    environment = {
        **os.environ, **clock, "MOTCUA_SECRET_FILE": f"{folder}/key", "MOTCUA_LISTEN": LISTEN,
        "MOTCUA_METRICS_LISTEN": WATCH, "MOTCUA_LOG": "debug,sqlx=info,h2=info,hyper=info",
        "MOTCUA_LOG_FORMAT": "json",
    }
    run = lambda *words: subprocess.run(
        [binary, *words, "--database", database], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    run("migrate")
    tokens = {ward: run("token", "--actor", f"truong-{ward}", "--role", "chairman", "--unit", ward) for ward in WARDS}
    log = open(folder / "log", "wb")
    server = subprocess.Popen([binary, "serve", "--database", database], env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        while True:
            try:
                line = http.client.HTTPConnection(LISTEN, timeout=2)
                line.request("GET", "/readyz")
                if line.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.2)
            if server.poll() is not None:
                raise SystemExit((folder / "log").read_text())
        callers = 16
        # Five writes a dossier, one at a time, by sixteen callers.
        day = Day(tokens, lambda: random.uniform(0.5, 1.5) * callers / writes)
        threads = [threading.Thread(target=day.work, args=(WARDS[n % len(WARDS)],), daemon=True) for n in range(callers)]
        for thread in threads:
            thread.start()
        begun, told = time.monotonic(), []
        for hour in range(1, hours + 1):
            time.sleep(max(0, begun + hour * 3600 / speed - time.monotonic()))
            told.append(memory(server.pid))
            print(f"hour {hour:2}: {told[-1]:4} MiB, {sum(day.counts.values())} done", flush=True)
        day.over.set()
        for thread in threads:
            thread.join(40)
        server.terminate()
        code = server.wait(60)
    finally:
        server.kill()
        log.close()
    text = (folder / "log").read_text(errors="replace")
    # Every number and every mark of a name or address is a word that nothing else has.
    words = set(re.findall(r"\w+", text))
    personal = {word for p in day.people for value in p.values() for word in re.findall(r"\w*\d\w*", value)}
    held = sorted((personal - {"9"}) & words)
    names = [part for part in ("Đặng Mật", "Dang Mat", "dang mat", "Ngõ Kín") if part in text]
    pins = sorted(set(day.pins) & words)
    morning, evening = told[min(MORNING, len(told)) - 1], told[-1]
    print(json.dumps(day.counts, indent=1, ensure_ascii=False))
    print(f"{text.count(chr(10))} lines of log, {len(text) / 1e6:.1f} MB; {len(day.people)} people, {len(day.pins)} PINs")
    print(f"memory at {MORNING:02}:00 {morning} MiB, at the end {evening} MiB; the server ended with {code}")
    wrong = held or names or pins or code != 0 or "panicked" in text
    flat = evening <= morning * 1.25 + 16
    print("personal values in the log:", len(held) + len(names) + len(pins), "; memory is", "flat" if flat else "NOT flat")
    if held or names or pins:
        print("such as", (held + names + pins)[:3], "in", folder / "log")
    return 0 if flat and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
