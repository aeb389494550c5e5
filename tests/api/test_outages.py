"""Nobody listened for days: every day is asked for, what came meanwhile is fetched, what vanished is found."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import psycopg
import pytest
from tests.api.test_folder import folder as folder
from tests.api.test_folder import listening
from tests.api.test_vendors import PDF
from tests.installation import wait_until
from tests.vanishing import one_of_three_vanishes

from firstvisit.journey import reconciling
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import CarrierDay, Item, WayIn


def said() -> list[str]:
    return [difference.words for difference in reconciling.differences(clock.now())]


def test_a_fax_that_vanished_before_a_weekend_without_listening_is_found(
    folder: WayIn, committed: psycopg.Connection[object], tmp_path: Path
) -> None:
    scans = tmp_path / "scans"
    one_of_three_vanishes(scans, committed)
    today = clock.now().date()
    clock.move(timedelta(days=4))
    assert [words for words in said() if "it was not heard what it brought on 2 days since" in words]
    with listening():
        wait_until("every day is told", lambda: CarrierDay.objects.count() == 4, 30)
    assert CarrierDay.objects.order_by("day").values_list("day", flat=True).first() == today
    assert [words for words in said() if words.startswith("Scanner: 1 of the 3 that it brought on ")] == said()


class _SrFax(BaseHTTPRequestHandler):
    """SRFax's web service over an inbox whose faxes have their day; one of them is damaged there."""

    inbox: dict[str, date] = {}
    damaged = ""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if form["action"] == ["Get_Fax_Inbox"]:
            first, last = form["sStartDate"][0], form["sEndDate"][0]
            row = {"ReceiveStatus": "Ok", "CallerID": "6085550123", "Pages": "1"}
            days = [mark for mark, day in self.inbox.items() if first <= f"{day:%Y%m%d}" <= last]
            result: object = [{**row, "FileName": f"fax-{mark}|{mark}"} for mark in days]
        else:
            [mark] = form["sFaxDetailsID"]
            result = "a" if mark == self.damaged else base64.b64encode(PDF + mark.encode()).decode()
        body = json.dumps({"Status": "Success", "Result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def srfax(open_doors: str) -> Iterator[WayIn]:
    _SrFax.inbox, _SrFax.damaged = {}, ""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SrFax)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    made = ways_in.make(
        slug="srfax", kind="srfax", name="SRFax", actor=SYSTEM, secrets={"password": "right"},
        settings={"address": f"http://127.0.0.1:{server.server_address[1]}/x.php", "poll_seconds": 10},
    )  # fmt: skip
    ways_in.switch(made, "recording", actor=SYSTEM)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def looked(way: WayIn) -> bool:
    return bool(WayIn.objects.get(id=way.id).position.get("all_until") == clock.now().date().isoformat())


def test_what_an_asked_vendor_took_in_during_an_outage_of_nine_days_is_fetched(srfax: WayIn) -> None:
    today = clock.now().date()
    with listening():
        wait_until("it was asked", lambda: looked(srfax), 30)
    _SrFax.inbox = {str(1000 + days): today + timedelta(days=days) for days in (1, 4, 9)}
    clock.move(timedelta(days=9))
    with listening():
        wait_until("it was asked", lambda: looked(srfax), 30)
        wait_until("every day is told", lambda: CarrierDay.objects.filter(way=srfax).count() == 9, 30)
    assert Item.objects.filter(source="fax").count() == 3
    assert sum(len(day.marks) for day in CarrierDay.objects.all()) == 2  # that of today is told tomorrow
    assert not [words for words in said() if "SRFax" in words]


def test_one_fax_that_cannot_be_had_keeps_back_none_behind_it_and_is_said(srfax: WayIn) -> None:
    today = clock.now().date()
    _SrFax.inbox, _SrFax.damaged = {"1": today, "2": today}, "1"
    with listening():
        wait_until("the other is here", lambda: Item.objects.filter(source="fax").count() == 1, 30)
        wait_until("it is said", lambda: WayIn.objects.get(id=srfax.id).error == "a fax is not base64", 30)
        assert not looked(srfax)
        _SrFax.damaged = ""
        wait_until("it is here", lambda: Item.objects.filter(source="fax").count() == 2, 30)
