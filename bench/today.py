"""Today over HTTP with so many open leads: milliseconds at the server and the number of SQL questions.

python bench/today.py [--stored 100000] [--home DIR]
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import time
from pathlib import Path

from installation import Installation, Mailbox, machine, percentile, running

VIEWS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    with Mailbox() as mailbox, running(mailbox.port, home=options.home) as installation:
        from stored import fill, leads, reseal

        fill(installation, options.stored)
        reseal(200)
        cookie = _signed_in()
        taken = [_view(installation, cookie) for _ in range(VIEWS)][10:]
        print(
            json.dumps(
                {
                    "bench": "today",
                    "machine": machine(),
                    "open_leads": leads(),
                    "milliseconds": {
                        "median": round(statistics.median(taken) * 1000, 1),
                        "p95": round(percentile(taken, 0.95) * 1000, 1),
                    },
                    "questions": _questions(),
                }
            )
        )


def _signed_in() -> str:
    """A session of an intake coordinator, made in the database as signing in would."""
    from django.test import Client

    from firstvisit.practice.models import User

    client = Client()
    user = User.objects.get(email="dana@cedarstreet.example.org")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


def _view(installation: Installation, cookie: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    begun = time.perf_counter()
    connection.request("GET", "/today", headers={"Cookie": f"sessionid={cookie}"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise AssertionError(f"/today answered {answer.status}")
    return time.perf_counter() - begun


def _questions() -> int:
    """SQL questions of one view, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from firstvisit.practice.models import User

    client = Client(headers={"host": "127.0.0.1"})
    user = User.objects.get(email="dana@cedarstreet.example.org")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/today")
    with CaptureQueriesContext(connection) as asked:
        client.get("/today")
    return len(asked)


if __name__ == "__main__":
    main()
