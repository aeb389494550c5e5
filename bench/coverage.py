"""From a captured lead to benefits on screen, with a payer that answers in one second.

    python bench/coverage.py [--seconds 1.0] [--leads 100] [--no-kill]

A whole installation of its own with the sandbox payer beside it. First one lead alone, three times: from the moment the
referral is posted until its page says what the payer said. Then `--leads` at once, until all are answered. Then as many
again while the worker that asks is killed in the middle and started again. Prints one JSON line. Goals: one lead under
5 s, a hundred under 10 s with 25 under way at once, none lost.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from installation import Installation, Mailbox, Sender, machine, percentile, running

FIRST_ALONE = 900_000
LOOK = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--leads", type=int, default=100)
    parser.add_argument("--no-kill", action="store_true")
    options = parser.parse_args()
    port = _free()
    os.environ["FIRSTVISIT_SANDBOX_PAYER_URL"] = f"http://127.0.0.1:{port}"
    payer = subprocess.Popen(
        [sys.executable, "-m", "firstvisit.config.demo.payer", str(port), str(options.seconds)]
    )
    try:
        with Mailbox() as mailbox, running(mailbox.port) as installation:
            cookie = _session()
            alone = [_one(installation, cookie, FIRST_ALONE + n) for n in range(3)]
            together = _together(installation, list(range(options.leads)))
            most = _most_at_once()
            killed = None if options.no_kill else _killed(installation, options.leads)
    finally:
        payer.terminate()
        payer.wait(30)
    print(
        json.dumps(
            {
                "bench": "coverage",
                "machine": machine(),
                "payer_answers_in_s": options.seconds,
                "one_lead_s": [round(each, 2) for each in alone],
                "leads": options.leads,
                "together_s": round(together[0], 2),
                "each_answered_after_s": together[1],
                "most_under_way": most,
                "worker_killed": killed,
            }
        )
    )


def _one(installation: Installation, cookie: str, number: int) -> float:
    """Seconds until the page of a new lead says what its payer said."""
    begun = time.perf_counter()
    sender = Sender(installation)
    sender.send([number], clients=1)
    code = _newest_lead()
    _until("the page says it", lambda: "is active" in _page(installation, cookie, f"/leads/{code}"), 60)
    return time.perf_counter() - begun


def _together(installation: Installation, numbers: list[int]) -> tuple[float, dict[str, float]]:
    """Seconds until all are answered, from the first that was posted; and how long each took, its receipt at the door
    to its answer kept."""
    before, begun = _answered(), time.perf_counter()
    sender = Sender(installation)
    sender.send(numbers, clients=8)
    if sender.failures:
        raise SystemExit(f"refused: {sender.failures[:3]}")
    _until("all are answered", lambda: _answered() >= before + len(numbers), 120)
    return time.perf_counter() - begun, _took(len(numbers))


def _killed(installation: Installation, leads: int) -> dict[str, object]:
    """Kill the worker while questions are under way, start it again, and count what became of each."""
    before = _answered()
    numbers = list(range(100_000, 100_000 + leads))
    sending = threading.Thread(target=Sender(installation).send, args=(numbers,), kwargs={"clients": 8})
    sending.start()
    _until("half are answered", lambda: _answered() >= before + leads // 2, 60)
    asked = _count(status="asked")
    os.kill(installation.worker, 9)
    begun = time.perf_counter()
    again = subprocess.Popen([str(Path(sys.executable).with_name("firstvisit")), "worker", "prompt"])
    try:
        sending.join()
        _until("all are answered", lambda: _answered() >= before + leads, 180)
        seconds = time.perf_counter() - begun
        twice = _count(tries__gt=0)
    finally:
        again.terminate()
        again.wait(30)
    return {"under_way_when_killed": asked, "lost": leads - (_answered() - before), "failed": twice,
            "all_answered_after_s": round(seconds, 1)}  # fmt: skip


def _until(what: str, holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"within {seconds:.0f} s it did not come true: {what}")
        time.sleep(LOOK)


def _count(**which: object) -> int:
    from firstvisit.steps.coverage.models import Check

    return Check.objects.filter(**which).count()


def _answered() -> int:
    return _count(status="answered", finding="clean")


def _took(newest: int) -> dict[str, float]:
    from firstvisit.steps.coverage.models import Check

    rows = Check.objects.filter(status="answered").select_related("lead").order_by("-wanted_at")[:newest]
    seconds = [(row.answered_at - row.lead.received_at).total_seconds() for row in rows if row.answered_at]
    return {"p50": round(percentile(seconds, 0.5), 2), "p95": round(percentile(seconds, 0.95), 2)}


def _most_at_once() -> int:
    """The most questions that were under way at the same time, by when each was asked and answered."""
    from firstvisit.steps.coverage.models import Check

    moments = []
    for asked, answered in Check.objects.filter(status="answered").values_list("asked_at", "answered_at"):
        moments += [(asked, 1), (answered, -1)]
    most = now = 0
    for _, step in sorted(moments):
        now += step
        most = max(most, now)
    return most


def _newest_lead() -> str:
    from firstvisit.leads.models import Lead

    return f"L-{Lead.objects.latest('number').number}"


def _session() -> str:
    """A signed-in front desk."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from firstvisit.practice.models import User

    user = User.objects.get(email="dana@cedarstreet.example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _page(installation: Installation, cookie: str, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
