"""A second process for a preview: started anew, not forked, because a web server's threads and connections
cannot be copied. It is told one share of the leads after the other and answers with its counts."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
from collections import deque
from datetime import datetime
from typing import Any

import structlog

from firstvisit.journey.preview.share import Draft, tally
from firstvisit.journey.preview.tally import Tally, from_json
from firstvisit.journey.settling import Hands
from firstvisit.practice import policy, queries

log = structlog.get_logger("preview")

_SERVE = "import django; django.setup(); from firstvisit.journey.preview.helper import serve; serve()"


class Helper:
    """Works through shares taken from `shares`, beside whoever made it. Should it die, the share it had goes
    back, and whoever made it does the rest alone."""

    def __init__(self, ground: Draft, shares: deque[tuple[int, int]]) -> None:
        self._shares = shares
        self._total = Tally()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = {
            "practice": ground.practice.version,
            "live": ground.live.as_json(),
            "live_number": ground.live.number,
            "draft": ground.draft.as_json(),
            "queues": list(ground.queues.items()),
            "since": ground.since.isoformat(),
            "now": ground.now.isoformat(),
        }
        self._thread = threading.Thread(target=self._work, args=(told,), name="preview", daemon=True)
        self._thread.start()

    def total(self) -> Tally:
        """Wait until it is through; the counts of what it answered."""
        self._thread.join()
        return self._total

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _work(self, told: dict[str, Any]) -> None:
        share: tuple[int, int] | None = None
        try:
            self._ask(told)
            while self._shares:
                share = self._shares.popleft()
                self._total.add(from_json(self._ask(share)))
                share = None
        except IndexError:
            return  # the other process took the last one in between
        except (OSError, ValueError) as error:
            log.warning("preview_helper_ended", why=type(error).__name__)
            if share is not None:
                self._shares.append(share)

    def _ask(self, value: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def serve() -> None:
    """The second process: the ground first, then shares until nobody asks any more."""
    told = json.loads(sys.stdin.readline())
    ground = Draft(
        queries.practice_at(told["practice"]),
        policy.read(told["live"], told["live_number"]),
        policy.read(told["draft"], told["live_number"] + 1),
        dict(told["queues"]),
        datetime.fromisoformat(told["since"]),
        datetime.fromisoformat(told["now"]),
        Hands(),
    )
    gc.freeze()  # what start-up made is not walked again by every collection of garbage
    _say("ready")
    for line in sys.stdin:
        first, last = json.loads(line)
        _say(tally(ground, first, last).as_json())


def _say(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
