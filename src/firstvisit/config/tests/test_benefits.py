"""`firstvisit benefits` as it is run: one JSON line a transaction, whatever the files hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, interchange

SHAPE = (
    "control",
    "trace",
    "payer",
    "subscriber",
    "patient",
    "service_date",
    "active",
    "lines",
    "rejections",
    "not_understood",
)
LINE = (
    "stc",
    "kind",
    "network",
    "level",
    "period",
    "amount",
    "percent",
    "quantity",
    "remaining",
    "auth",
    "messages",
    "dates",
    "segments",
)
WHOLE = interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "EB*B*IND*PT***27*30*****Y", "MSG*PER VISIT")


def run(*words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from firstvisit.config.cli import main; main()", "benefits", *words]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def lines(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_a_transaction_in_the_shape_that_is_documented(tmp_path: Path) -> None:
    file = tmp_path / "reply.271"
    file.write_bytes(WHOLE + WHOLE)
    done = run(str(file), "--json")
    assert done.returncode == 0 and done.stderr == b""
    first, second = lines(done)
    assert (
        first == second
        and set(SHAPE) <= set(first)
        and all(set(LINE) <= set(line) for line in first["lines"])
    )
    assert (first["control"], first["trace"], first["service_date"], first["active"]) == (
        "0001",
        "OURS1",
        "2026-11-22",
        True,
    )
    copay = first["lines"][1]
    assert (copay["kind"], copay["amount"], copay["network"], copay["messages"]) == (
        "copay",
        "30",
        "in",
        ["PER VISIT"],
    )
    assert copay["segments"] == [13, 14]


def test_further_patients_stand_in_the_line_of_their_transaction(tmp_path: Path) -> None:
    file = tmp_path / "two.271"
    file.write_bytes(
        interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "HL*4*2*22*0", "NM1*IL*1*ROE*PAT", "EB*6**30")
    )
    (said,) = lines(run(str(file)))
    assert said["active"] is True and [each["active"] for each in said["additional_records"]] == [False]


def test_what_is_no_answer_says_so_and_is_never_active(tmp_path: Path) -> None:
    page, refused, asked = tmp_path / "page.271", tmp_path / "refused.999", tmp_path / "asked.270"
    page.write_text("<html>502 Bad Gateway</html>")
    refused.write_bytes(interchange("AK1*HS*42", "AK9*R*1*1*0", kind="999"))
    asked.write_bytes(interchange("BHT*0022*13", kind="270"))
    said = lines(run(str(page), str(refused), str(asked)))
    assert [each["kind"] for each in said] == ["html", "999", "270"]
    assert all(each["active"] is None and each["lines"] == [] and each["error"] for each in said)
    assert said[1]["acknowledgment"]["taken"] is False


def test_an_authorization_is_printed_too(tmp_path: Path) -> None:
    file = tmp_path / "reply.278"
    file.write_bytes(
        interchange(
            "BHT*0007*11",
            "HL*1**20*1",
            "HL*2*1*21*1",
            "HL*3*2*22*1",
            "HL*4*3*EV*0",
            "HCR*A1*AUTH1",
            kind="278",
        )
    )
    (said,) = lines(run(str(file)))
    assert said["outcome"] == "certified" and said["determinations"][0]["authorization"] == "AUTH1"


def test_faults_of_the_envelope_stand_on_the_line(tmp_path: Path) -> None:
    file = tmp_path / "odd.271"
    file.write_bytes(WHOLE.replace(b"IEA*1", b"IEA*3"))
    (said,) = lines(run(str(file)))
    assert said["faults"] == ["IEA01 says 3 groups; there are 1."] and said["active"] is True


def test_text_around_a_transaction_makes_no_line_of_its_own(tmp_path: Path) -> None:
    file, empty = tmp_path / "mail.txt", tmp_path / "empty.271"
    file.write_bytes(b"The payer wrote:\n\n" + WHOLE + b"Regards\n")
    empty.write_bytes(WHOLE[: WHOLE.index(b"GS*")] + b"IEA*0*000000001~")
    said, none = lines(run(str(file), str(empty)))
    assert said["active"] is True and len(said["faults"]) == 2
    assert none["active"] is None and none["error"] == "No transaction stands in this file."


def test_standard_input_absent_files_and_wrong_use(tmp_path: Path) -> None:
    assert [each["trace"] for each in lines(run("-", given=WHOLE))] == ["OURS1"]
    done = run(str(tmp_path / "none.271"), "-", given=WHOLE)
    assert done.returncode == 0 and b"there is no file" in done.stderr and len(lines(done)) == 1
    assert run(str(tmp_path / "none.271")).returncode == 2 and run().returncode == 2
    folder = run(str(tmp_path))
    assert folder.returncode == 0 and lines(folder)[0]["error"] == "This file cannot be opened."


def test_it_needs_neither_django_nor_a_key(tmp_path: Path) -> None:
    file = tmp_path / "reply.271"
    file.write_bytes(WHOLE)
    code = (
        "import sys; from firstvisit.config.cli import run; code = run(['benefits', sys.argv[1]]); "
        "sys.exit(code or 'django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["reply.271"]
