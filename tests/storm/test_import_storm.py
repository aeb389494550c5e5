"""kill -9 of `firstvisit import` at rows nobody chose: given again, it ends as an import that nobody disturbed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.installation import Installation, installation, wait_until

pytestmark = pytest.mark.storm
WHOLE = os.environ.get("FIRSTVISIT_STORM") == "1"
ROWS = int(os.environ.get("FIRSTVISIT_STORM_ROWS", "100000")) if WHOLE else 600
KILLS = 12 if WHOLE else 2
SEED = 20_261_121
PATIENCE = 3600.0 if WHOLE else 240.0

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))
from importing import leads_file  # noqa: E402

PEOPLE = "SELECT count(*) FROM people_person WHERE same_as_id IS NULL"
LEADS = (
    "SELECT lead.outcome, lead.stage, lead.received_at, count(*),"
    " sum((SELECT count(*) FROM intake_part part WHERE part.lead_id = lead.id))"
    " FROM leads_lead lead GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
DECISIONS = "SELECT outcome, score_lo, score_hi, count(*) FROM leads_decisionrow GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
PAIRS = "SELECT weight, reasons::text, count(*) FROM people_possiblematch GROUP BY 1, 2 ORDER BY 1, 2"
ENDS = "SELECT number, \"end\" FROM intake_importrow ORDER BY number"


def outcome(running: Installation) -> tuple[object, ...]:
    """Everything that two imports of one file must agree in."""
    return running.value(PEOPLE), running.ask(LEADS), running.ask(DECISIONS), running.ask(PAIRS), running.ask(ENDS)


def begin(running: Installation, file: Path) -> subprocess.Popen[bytes]:
    command = str(Path(sys.executable).with_name("firstvisit"))
    return subprocess.Popen(
        [command, "import", str(file)],
        env=running._environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(running: Installation, file: Path) -> None:
    process = begin(running, file)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 1), said.decode()


def position(running: Installation) -> int:
    found: int = running.value("SELECT coalesce(max(position), 0) FROM intake_importrun")
    return found


def test_an_import_killed_at_any_row_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    chance, file = random.Random(SEED), tmp_path / "leads.csv"
    file.write_bytes(leads_file(ROWS, 0.03))
    with installation(tmp_path / "whole") as undisturbed:
        finish(undisturbed, file)
        expected = outcome(undisturbed)
    # The same keys: of candidates who share equally much the order hangs on their tokens.
    (tmp_path / "killed").mkdir()
    shutil.copy2(tmp_path / "whole" / "keys.json", tmp_path / "killed")
    with installation(tmp_path / "killed") as running:
        for row in sorted(chance.sample(range(1, ROWS), KILLS)):
            process = begin(running, file)
            wait_until(
                f"row {row} is reached",
                lambda row=row, process=process: position(running) >= row or process.poll() is not None,  # type: ignore[misc]
                PATIENCE,
            )
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        finish(running, file)
        assert outcome(running) == expected
        assert b"BROKEN" not in running.command("check").stdout
