"""How long `firstvisit --help` takes and how large a web worker is after a hundred referrals.

python bench/startup.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from installation import Mailbox, Sender, machine, running


def main() -> None:
    words = [str(Path(sys.executable).with_name("firstvisit")), "--help"]
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        taken.append(time.perf_counter() - begun)
    with Mailbox() as mailbox, running(mailbox.port) as installation:
        Sender(installation).send(list(range(100)), clients=4)
        largest = max(_resident(pid) for pid in _family(installation.web))
    print(
        json.dumps(
            {
                "bench": "startup",
                "machine": machine(),
                "help_seconds": round(sorted(taken)[2], 3),
                "web_worker_mb": largest // 1024,
            }
        )
    )


def _family(root: int) -> list[int]:
    """The process and all below it."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(pid for child in children for pid in _family(int(child)))]


def _resident(pid: int) -> int:
    """Resident memory in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
