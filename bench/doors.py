"""How long a sender waits at a door: a signed webhook and an HL7 REF over MLLP, quiet and while faxes are read.

    python bench/doors.py [--count 150] [--faxes 8]

Prints one JSON line: answer times of each door, once more while the worker reads `--faxes` drawn pages that were
dropped into the watched folder, and how long the first of them took from the folder to the Inbox.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from installation import Mailbox, machine, percentile, referral, running

SECRET = "bench"
LATEST = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--faxes", type=int, default=8)
    options = parser.parse_args()
    with Mailbox() as mailbox, running(mailbox.port, web_workers=1, heavy=True) as here:
        port = _ways(here.home)
        listener = subprocess.Popen([str(Path(sys.executable).with_name("firstvisit")), "listen"])
        try:
            _answers(port)
            _both(here.port, port, range(20))
            quiet = _both(here.port, port, range(1000, 1000 + options.count))
            began, read = time.monotonic(), _read()
            _draw(here.home / "scans", options.faxes)
            _until(lambda: _read() > read)
            first = time.monotonic() - began
            busy = _both(here.port, port, range(5000, 5000 + options.count))
            meanwhile = _read() - read
        finally:
            listener.terminate()
            listener.wait(30)
        print(
            json.dumps(
                {
                    "bench": "doors",
                    "machine": machine(),
                    "load": os.getloadavg()[0],
                    "count": options.count,
                    "quiet_ms": quiet,
                    "while_reading_ms": busy,
                    "faxes_read_by_the_end": meanwhile,
                    "folder_to_inbox_seconds": round(first, 1),
                }
            )
        )


def _ways(home: Path) -> int:
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.steps.intake import ways_in

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    for slug, kind, there, secrets in (
        ("partner", "webhook", {}, {"secret": SECRET}),
        ("emr", "hl7", {"port": port}, {}),
        ("scans", "folder", {"path": str(home / "scans"), "stable_seconds": 1}, {}),
    ):
        way = ways_in.make(slug=slug, kind=kind, name=slug, settings=there, secrets=secrets, actor=SYSTEM)
        ways_in.switch(way, "on", actor=SYSTEM)
    return port


def _both(web: int, mllp: int, numbers: range) -> dict[str, dict[str, float]]:
    hooks, messages = [], []
    with socket.create_connection(("127.0.0.1", mllp), 30) as line:
        client = http.client.HTTPConnection("127.0.0.1", web, timeout=30)
        for number in numbers:
            hooks.append(_hook(client, number))
            messages.append(_message(line, number))
        client.close()
    return {"webhook": _times(hooks), "hl7": _times(messages)}


def _hook(client: http.client.HTTPConnection, number: int) -> float:
    body = json.dumps(referral(number)).encode()
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Timestamp": at, "X-Signature": signature}
    began = time.monotonic()
    client.request("POST", "/in/partner", body, headers)
    answer = client.getresponse()
    text = answer.read()
    assert answer.status == 201, text
    return time.monotonic() - began


def _message(line: socket.socket, number: int) -> float:
    name = "".join(chr(97 + int(digit)) for digit in str(number)).capitalize()
    text = "\r".join(
        (
            f"MSH|^~\\&|EMR|LAKESIDE|FV|CEDAR|20261124||REF^I12|{number}|P|2.5",
            "PRD|RP|Obermeier^Ludwig||||(608) 555-0160",
            f"PID|1||{number}||{name}son^Ada||19{number % 90 + 10}0412|F|||||(608) 555-{number % 10000:04d}",
        )
    )
    began = time.monotonic()
    line.sendall(b"\x0b" + text.encode() + b"\r\x1c\r")
    answer = b""
    while not answer.endswith(b"\x1c\r"):
        answer += line.recv(65536)
    assert b"MSA|AA|" in answer, answer
    return time.monotonic() - began


def _times(seconds: list[float]) -> dict[str, float]:
    return {name: round(percentile(seconds, at) * 1000, 1) for name, at in (("p50", 0.5), ("p99", 0.99))}


def _draw(folder: Path, count: int) -> None:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=34)
    for number in range(count):
        page = Image.new("1", (1728, 2156), 1)
        pen = ImageDraw.Draw(page)
        for row in range(34):
            words = f"Line {row} of fax {number}: Phone (608) 555-01{number:02d} {row}"
            pen.text((120, 90 + row * 58), words, font=font)
        half = folder / f".{number}.tif"
        page.save(half, format="TIFF", compression="group4", dpi=(204, 196))
        half.rename(folder / f"{number}.tif")


def _read() -> int:
    from firstvisit.steps.intake.models import Item

    return Item.objects.filter(source="folder", status="to_confirm").count()


def _answers(port: int) -> None:
    def there() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    _until(there)


def _until(holds: object) -> None:
    deadline = time.monotonic() + LATEST
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come true in time")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
