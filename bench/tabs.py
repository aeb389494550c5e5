"""What 30 open tabs cost: signed-in people whose pages ask every so often whether anything has changed.

    python bench/tabs.py [--tabs 30] [--seconds 60] [--leads 500]

Each tab is a session of its own that asks `/changes` as `web/static/firstvisit.js` does, at its interval, with the
newest entry it knows. Prints one JSON line: the share of one core that web and database take meanwhile, beside what
they take while nobody asks. Goal: under 5 per cent of a core.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import threading
import time
from pathlib import Path

from installation import Installation, Mailbox, Sender, machine, percentile, running

SCRIPT = Path(__file__).parent.parent / "src/firstvisit/web/static/firstvisit.js"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--leads", type=int, default=500)
    options = parser.parse_args()
    every = _interval()
    with Mailbox() as mailbox, running(mailbox.port) as installation:
        Sender(installation).send(list(range(options.leads)), clients=2)
        cookies = _sessions(options.tabs)
        asked = [_address(installation, cookie) for cookie in cookies]
        time.sleep(5)
        quiet = _used(installation, options.seconds / 2)
        seconds: list[float] = []
        answers: list[int] = []
        over = threading.Event()
        tabs = [
            threading.Thread(
                target=_tab, args=(installation, cookie, path, every, n / options.tabs, over, seconds, answers)
            )
            for n, (cookie, path) in enumerate(zip(cookies, asked, strict=True))
        ]
        for tab in tabs:
            tab.start()
        busy = _used(installation, options.seconds)
        over.set()
        for tab in tabs:
            tab.join()
    print(
        json.dumps(
            {
                "bench": "tabs",
                "machine": machine(),
                "tabs": options.tabs,
                "every_seconds": every,
                "asked": len(seconds),
                "answers": {str(code): answers.count(code) for code in sorted(set(answers))},
                "answer_ms": {
                    "p50": round(percentile(seconds, 0.5) * 1000, 1),
                    "p95": round(percentile(seconds, 0.95) * 1000, 1),
                },
                "percent_of_a_core": busy,
                "percent_while_nobody_asks": quiet,
                "cost_percent": round(
                    sum(busy[name] - quiet[name] for name in ("web", "database")), 2
                ),
            }
        )
    )


def _interval() -> float:
    """The script's own interval, in seconds."""
    found = re.search(r"const EVERY = (\d+);", SCRIPT.read_text())
    if found is None:
        raise LookupError("firstvisit.js says nowhere how often it asks")
    return int(found[1]) / 1000


def _used(installation: Installation, seconds: float) -> dict[str, float]:
    """Per cent of one core that each part takes over so many seconds."""
    before, begun = installation.cpu(), time.monotonic()
    time.sleep(seconds)
    taken = time.monotonic() - begun
    return {name: round(100 * (used - before[name]) / taken, 2) for name, used in installation.cpu().items()}


def _sessions(count: int) -> list[str]:
    """Cookies of signed-in people, as many sessions as tabs."""
    from django.conf import settings
    from django.test import Client

    from firstvisit.practice.models import User

    people = list(User.objects.filter(is_active=True, role__slug="intake"))
    cookies = []
    for n in range(count):
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(people[n % len(people)], backend="allauth.account.auth_backends.AuthenticationBackend")
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


def _address(installation: Installation, cookie: str) -> str:
    """What the open page asks: the address that Today itself carries."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    connection.request("GET", "/today", headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    found = re.search(r'data-changes="([^"]+)"', page)
    if found is None:
        raise LookupError("Today carries no address to ask")
    return found[1].replace("&amp;", "&")


def _tab(
    installation: Installation,
    cookie: str,
    path: str,
    every: float,
    share: float,
    over: threading.Event,
    seconds: list[float],
    answers: list[int],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    if over.wait(every * share):
        return
    while True:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "application/json"})
        answer = connection.getresponse()
        answer.read()
        seconds.append(time.perf_counter() - begun)
        answers.append(answer.status)
        if over.wait(every):
            return


if __name__ == "__main__":
    main()
