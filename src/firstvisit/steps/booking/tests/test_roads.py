"""A routing service on loopback: what it tells counts, and where it fails the estimate does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from firstvisit.steps.booking import roads, travel
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Place

SITE, HOME, OTHER = Place(43.07, -89.38), Place(43.07, -89.08), Place(43.2, -89.3)
ESTIMATE = travel.estimated(Booking())(HOME, SITE)


class Service:
    """Answers every question with `status` and `body`, and keeps the paths it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.body = 200, b"{}"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(service.body)))
                self.end_headers()
                self.wfile.write(service.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    found = Service()
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, routing_url=f"http://127.0.0.1:{found.server.server_address[1]}"
    )
    roads.forget()
    yield found
    found.server.shutdown()
    found.server.server_close()
    roads.forget()


def test_minutes_by_road_are_asked_once_both_ways_for_all_places(service: Service) -> None:
    service.body = json.dumps({"code": "Ok", "durations": [[0, 1501, 60], [1800, 0, 5], [None, 5, 0]]}).encode()
    found = roads.Roads(Booking())
    for _ in range(2):
        found.learn(HOME, {SITE, OTHER})
    (path,) = service.asked
    assert path == "/table/v1/driving/-89.08000,43.07000;-89.38000,43.07000;-89.30000,43.20000?annotations=duration"
    assert (found(HOME, SITE), found(SITE, HOME), found(HOME, OTHER)) == (26, 30, 1)
    assert found(OTHER, HOME) == travel.estimated(Booking())(OTHER, HOME)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"no"),
        (200, b'{"durations": null}'),
        (200, b'{"durations": [[0]]}'),
        (200, b'{"durations": [[0, -5], [5, 0]]}'),
        (200, b'{"durations": [[0, "x"], [5, 0]]}'),
    ],
)
def test_a_service_that_fails_is_left_alone_and_the_estimate_counts(service: Service, status: int, body: bytes) -> None:
    service.status, service.body = status, body
    found = roads.Roads(Booking())
    for _ in range(3):
        found.learn(HOME, {SITE})
    assert len(service.asked) == 1 and found(HOME, SITE) == ESTIMATE


def test_nobody_listening_costs_an_estimate(service: Service) -> None:
    service.server.shutdown()
    service.server.server_close()
    found = roads.Roads(Booking())
    found.learn(HOME, {SITE})
    assert found(HOME, SITE) == ESTIMATE
