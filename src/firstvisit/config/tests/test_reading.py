"""`firstvisit read`: files in, JSON lines out, without Django, database or network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from firstvisit.config import reading
from firstvisit.config.cli import run
from firstvisit.steps.intake.policy import InboxRules
from firstvisit.steps.intake.understanding import confidence

Capture = pytest.CaptureFixture[str]
NOTE = "Name: Pia Lund\nDOB: 4/9/1978\nPhone: 608-555-0144\nService: Physical therapy\nReason: my knee hurts\n"


def printed(capsys: Capture) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_line_a_file_in_the_order_given_and_folders_walked(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "b.txt").write_text(NOTE)
    (folder / "a.txt").write_text(NOTE)
    last = tmp_path / "0.txt"
    last.write_text(NOTE)
    assert run(["read", str(folder), str(last), "--json"]) == 0
    assert [line["file"] for line in printed(capsys)] == ["a.txt", "b.txt", "0.txt"]


def test_the_record_beside_a_document_of_a_folder_is_no_document(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.txt").write_text(NOTE)
    (tmp_path / "a.txt.json").write_text('{"patient": {"first_name": "Someone else"}}')
    (tmp_path / "alone.json").write_text("{}")
    assert run(["read", str(tmp_path), "--json"]) == 0
    assert [line["file"] for line in printed(capsys)] == ["a.txt", "alone.json"]


def test_a_file_that_cannot_be_read_says_so_and_stops_nothing(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01\x02\x03")
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "c.txt").write_text(NOTE)
    assert run(["read", str(tmp_path)]) == 0
    bad, empty, good = printed(capsys)
    assert bad["error"] and bad["not_a_referral"] is None and set(bad) == {"file", "error", "not_a_referral"}
    assert empty["error"] == "This file is empty."
    assert good["not_a_referral"] is False


def test_evidence_adds_place_confidence_and_doubts(tmp_path: Path, capsys: Capture) -> None:
    note = tmp_path / "note.txt"
    note.write_text(NOTE + "NPI: 1234567890\nReferring provider: Dr. Ada Moss\n")
    run(["read", str(note), "--json", "--evidence"])
    [line] = printed(capsys)
    evidence = line["evidence"]
    assert isinstance(evidence, dict)
    start = NOTE.index("608")
    assert evidence["values"]["patient.phone"]["value"] == "+16085550144"
    assert evidence["values"]["patient.phone"]["place"] == f"body chars {start}-{start + 12}"
    assert any("check digit" in doubt["reason"] for doubt in evidence["doubts"])


def test_the_threshold_says_what_is_printed(tmp_path: Path, capsys: Capture) -> None:
    note = tmp_path / "note.txt"
    note.write_text(NOTE)
    run(["read", str(note), "--threshold", "1"])
    [nothing] = printed(capsys)
    run(["read", str(note), "--threshold", "0"])
    [all_of_it] = printed(capsys)
    assert "Lund" not in json.dumps(nothing)
    assert "Lund" in json.dumps(all_of_it)


@pytest.mark.parametrize("share", ["2", "-1", "much", "nan"])
def test_a_threshold_that_is_no_share_is_wrong_use(share: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["read", "x", "--threshold", share])
    assert ended.value.code == 2
    assert "is no share" in capsys.readouterr().err


def test_the_practices_threshold_begins_with_the_one_that_ships() -> None:
    assert InboxRules().likely_at == confidence.THRESHOLD == 0.85


def test_no_file_at_all_is_wrong_use(tmp_path: Path, capsys: Capture) -> None:
    assert run(["read", str(tmp_path / "none.txt")]) == 2
    assert "none.txt" in capsys.readouterr().err


def test_it_reads_without_django_and_without_an_installation(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(NOTE)
    said = (
        "import sys; from firstvisit.config import reading;"
        f"reading.main([{str(note)!r}, '--json']);"
        "assert not any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules), 'Django was loaded'"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["patient"]["last_name"] == "Lund"


def test_an_attachment_fills_what_the_mail_leaves_open(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_text(
        "From: Ida Berg <ida@example.org>\nSubject: my first appointment\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Hello, I need physical therapy for my knee. My name is Ida Berg. Details attached.\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=form.txt\n\n"
        "Patient name: Ida Berg\nDOB: 4/9/1978\nPhone: 608-555-0144\nService: Physical therapy\n--b--\n"
    )
    line = reading.line(mail)
    assert line["patient"]["date_of_birth"] == "1978-04-09"
    assert "additional_records" not in line
