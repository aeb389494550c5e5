"""Nothing that tells us to stop is lost, wherever it finds us."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from firstvisit.config import stopping

FOUND = """
import os, signal, sys
from firstvisit.config import stopping
from firstvisit.config.processes import Family

class Closing:
    def __del__(self):  # what is raised in here, Python prints and drops
        os.kill(os.getpid(), {number})

stopping.listen()
if {family}:
    family = Family()
Closing()
print("went on", flush=True)
if {family}:
    family.watch(lambda: None)
    print("stopped", flush=True)
else:
    stopping.obey()
print("end", flush=True)
"""


@pytest.mark.parametrize("number", [int(number) for number in stopping.SIGNALS])
@pytest.mark.parametrize(
    ("family", "words", "more"), [(False, "went on\n", 128), (True, "went on\nstopped\nend\n", None)]
)
def test_what_is_lost_while_something_is_put_away_still_stops_us(
    number: int, family: bool, words: str, more: int | None
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", FOUND.format(number=number, family=family)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert said.stdout == words
    assert said.stderr == ""
    assert said.returncode == (0 if more is None else more + number)


def test_a_hang_up_under_nohup_stays_ignored_and_ctrl_c_is_heard_from_the_background() -> None:
    before = {number: signal.getsignal(number) for number in stopping.SIGNALS}
    hook = sys.unraisablehook
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what it starts with &
        stopping.listen()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.raise_signal(signal.SIGHUP)
        assert not stopping.asked()
        with pytest.raises(SystemExit) as end:
            signal.raise_signal(signal.SIGINT)
        assert (end.value.code, stopping.asked()) == (130, True)
    finally:
        sys.unraisablehook = hook
        for number, how in before.items():
            signal.signal(number, how)
