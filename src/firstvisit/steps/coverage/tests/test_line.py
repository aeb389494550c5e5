"""One exchange with whoever is asked: whole and in time, or an error that says whether to try again and no more."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

import pytest

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import line
from firstvisit.steps.coverage.tests.wires import refused_url, response, wire

SECRET = "hush-1234"


def _asked(url: str, *, seconds: float = 5, body: line.Body | None = None) -> line.Answer:
    return line.exchange(
        "POST", url, whom="Invented Health", seconds=seconds, body=body or line.form({"member": "M0001"}),
        headers={"Authorization": SECRET},
    )  # fmt: skip


def _error(url: str, *, seconds: float = 5) -> ConnectorError:
    with pytest.raises(ConnectorError) as told:
        _asked(url, seconds=seconds)
    words = str(told.value)
    assert SECRET not in words and "M0001" not in words and "127.0.0.1" not in words
    return told.value


def test_an_answer_comes_back_whole_with_its_headers_and_the_request_is_what_was_said() -> None:
    with wire(
        lambda asked: response(b'{"a": 1}', media="Application/JSON; charset=utf-8", more="X-One: 1\r\n")
    ) as at:
        found = _asked(f"{at.url}?version=2", body=line.form({"name": "Ana María", "n": "1&2"}))
    assert (found.status, found.media, found.headers["x-one"], found.json()) == (
        200,
        "application/json",
        "1",
        {"a": 1},
    )
    head, _, body = at.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /ask?version=2 HTTP/1.1\r\n")
    assert b"Authorization: hush-1234" in head and b"application/x-www-form-urlencoded" in head
    assert parse_qs(body.decode()) == {"name": ["Ana María"], "n": ["1&2"]}


def test_parts_of_a_form_keep_what_they_say() -> None:
    body = line.multipart({"PayloadType": "X12", "Payload": "ISA*~\nIEA*1~\n"})
    boundary = body.media.partition("boundary=")[2]
    assert body.content.count(f"--{boundary}".encode()) == 3
    assert b'name="Payload"\r\n\r\nISA*~\nIEA*1~\n\r\n--' in body.content


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 422, 425, 429, 500, 502, 503, 504])
def test_a_status_says_whether_to_try_again(status: int) -> None:
    with wire(lambda asked: response(b"no", status=status)) as at:
        found = _asked(at.url)
    with pytest.raises(ConnectorError) as told:
        line.taken(found, whom="Invented Health", look_at="FIRSTVISIT_X_KEY")
    assert told.value.temporary is (status >= 500 or status in (408, 425, 429))
    assert ("FIRSTVISIT_X_KEY" in str(told.value)) is (status in (401, 403))
    assert line.taken(found, whom="Invented Health", look_at="", also=frozenset({status})) is found


def test_nobody_is_followed_elsewhere() -> None:
    with wire(lambda asked: response(status=307, more="Location: http://127.0.0.1:9/\r\n")) as at:
        found = _asked(at.url)
    with pytest.raises(ConnectorError, match="elsewhere") as told:
        line.taken(found, whom="Invented Health", look_at="")
    assert not told.value.temporary
    assert len(at.asked) == 1


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff garbage\r\n\r\n",
        response(b"half", length=400),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhal",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n",
    ],
)
def test_what_is_no_whole_answer_is_tried_again(said: bytes) -> None:
    with wire(lambda asked: said) as at:
        assert _error(at.url).temporary


def test_nobody_listens() -> None:
    assert _error(refused_url()).temporary


@pytest.mark.parametrize("said", [response(b"x" * 500), b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 500])
def test_an_answer_that_drips_ends_in_time(said: bytes) -> None:
    with wire(lambda asked: said, drips=0.1) as at:
        began = time.monotonic()
        error = _error(at.url, seconds=0.5)
        assert time.monotonic() - began < 3
    assert error.temporary and "0.5 seconds" in str(error)


def test_an_answer_without_end_is_not_read() -> None:
    with wire(lambda asked: response(b"x" * (line.LARGEST + 1))) as at:
        error = _error(at.url)
    assert not error.temporary and "too large" in str(error)


@pytest.mark.parametrize("url", ["http://payer.example.org/ask", "ftp://127.0.0.1/ask", "https://", "payer"])
def test_nothing_goes_over_an_open_line_or_to_no_address(url: str) -> None:
    assert not _error(url).temporary


def test_a_header_that_nobody_can_send_is_no_error_of_ours() -> None:
    with pytest.raises(ConnectorError) as told:
        line.exchange("GET", refused_url(), whom="Invented Health", seconds=1, headers={"X": "a\r\nB: c"})
    assert SECRET not in str(told.value)


def test_a_budget_covers_several_exchanges() -> None:
    budget = line.Budget(0.3, "Invented Health")
    budget.pause(0.05)
    assert 0 < budget.left < 0.3
    with pytest.raises(ConnectorError, match=r"longer than 0\.3 seconds") as told:
        budget.pause(1)
    assert told.value.temporary


def test_a_line_that_never_becomes_one_over_tls_ends_in_time() -> None:
    with wire() as at:
        began = time.monotonic()
        assert _error(at.url.replace("http://", "https://"), seconds=0.5).temporary
        assert time.monotonic() - began < 3
