"""pyx12 counts the same segments and finds the same fault in counts as we do."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pyx12.x12file import X12Reader

from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, interchange
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions
from firstvisit.steps.coverage.x12.writing import Envelope
from firstvisit.steps.coverage.x12.writing import interchange as written

REPLY = interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "EB*F**PT***23***VS*30", "HSD*VS*12***29", "MSG*WORDS")
OURS = written(
    Envelope("CEDARSTREET", "PAYERHOUSE", 42, dt.datetime(2026, 11, 22, 9, 5), "HS", "005010X279A1"),  # noqa: DTZ001
    [("270", [("BHT", "0022", "13", "T1"), ("HL", "1", "", "20", "1")])] * 3,
)
FILES = {
    "a reply": REPLY,
    "what we write": OURS,
    "SE that miscounts": REPLY.replace(b"SE*16", b"SE*17"),
    "GE that miscounts": REPLY.replace(b"GE*1", b"GE*2"),
    "IEA that miscounts": REPLY.replace(b"IEA*1", b"IEA*2"),
    "SE of another transaction": REPLY.replace(b"SE*16*0001", b"SE*16*0002"),
    "two interchanges": REPLY + OURS,
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_segments_and_faults_agree(data: bytes) -> None:
    reader = X12Reader(io.StringIO(data.decode()))
    theirs = [segment.get_seg_id() for segment in reader]
    counted = [code for _, code, *_ in reader.pop_errors() if code in ("001", "021", "3", "4", "5")]
    found = list(transactions(io.BytesIO(data)))
    ours = [each for one in found if isinstance(one, Transaction) for each in one.segments]
    faults = [fault for one in found for fault in one.faults]
    assert len(ours) == len([name for name in theirs if name not in ("ISA", "GS", "GE", "IEA")])
    assert bool(faults) == bool(counted), (faults, reader.pop_errors())
