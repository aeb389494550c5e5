"""How fast 271s become `Benefits`, beside pyx12's bare reader of segments where that is installed.

    .venv/bin/python bench/x12.py [--transactions N] [--megabytes N]

Makes a batch of invented transactions with 30 EB lines each (dates, messages, limits, references and contacts as payers
send them), reads it on one core, and prints one JSON line: transactions a second into `Benefits`, the same for pyx12's
reader, which makes nothing of them, and how far memory grew while a batch of --megabytes was streamed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from firstvisit.steps.coverage.reading import read
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

EB_LINES = 30
ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261122*0900*^*00501*000000001*0*P*:~\n"
SERVICES = ("30", "PT", "AD", "AF", "98", "33", "AC", "UC", "86", "PT^AD^AF")


def transaction(n: int, chance: random.Random) -> str:
    """One 271 with 30 EB lines, about 50 segments; `chance` is seeded, so every run reads the same."""
    body = [
        f"ST*271*{n:04}*005010X279A1", f"BHT*0022*11*{n:08}*20261122*0900", "HL*1**20*1",
        "NM1*PR*2*INVENTED HEALTH*****PI*00001", "PER*IC**TE*6085550100", "HL*2*1*21*1",
        "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984", "HL*3*2*22*0", f"TRN*2*{n:012}*9CEDARST01",
        f"NM1*IL*1*INVENTED{n % 997}*PAT****MI*M{n:09}", "REF*6P*GRP1*INVENTED EMPLOYER", "N3*1 ELM ROW",
        "N4*MADISON*WI*53703", f"DMG*D8*{1950 + n % 70}0{1 + n % 9}1{n % 9}*F", "DTP*346*D8*20260101",
        "DTP*472*D8*20261122", "EB*1**30**GOLD PPO",
    ]  # fmt: skip
    for k in range(EB_LINES - 1):
        service, network = SERVICES[k % len(SERVICES)], "YN"[k % 2]
        match k % 6:
            case 0:
                body.append(f"EB*B*IND*{service}***27*{chance.randint(5, 80)}*****{network}")
            case 1:
                body.append(f"EB*A*IND*{service}*****.{chance.randint(1, 6)}****{network}")
            case 2:
                body += [
                    f"EB*C*IND*{service}***23*{chance.randint(100, 9000)}*****{network}",
                    "DTP*291*RD8*20260101-20261231",
                ]
            case 3:
                body.append(
                    f"EB*C*IND*{service}***29*{chance.randint(0, 900)}.{chance.randint(10, 99)}*****{network}"
                )
            case 4:
                body += [
                    f"EB*F*IND*{service}***23***VS*{chance.randint(10, 60)}*Y*{network}",
                    "MSG*COMBINED WITH OT",
                ]
            case _:
                body += [f"EB*F*IND*{service}********U*{network}", f"HSD*VS*{chance.randint(1, 40)}***29"]
    body.append(f"SE*{len(body) + 1}*{n:04}")
    return "~\n".join(body) + "~\n"


def write(file: BinaryIO, *, count: int | None = None, size: int | None = None) -> int:
    """A batch of `count` transactions, or of at least `size` bytes; how many were written."""
    chance = random.Random(5)
    file.write((ISA + "GS*HB*PAYER*CLINIC*20261122*0900*1*X*005010X279A1~\n").encode())
    written = n = 0
    while (count is not None and n < count) or (size is not None and written < size):
        written += file.write(transaction(n, chance).encode())
        n += 1
    file.write(f"GE*{n}*1~\nIEA*1*000000001~\n".encode())
    return n


def ours(path: Path) -> tuple[float, int]:
    """Seconds of the processor and lines read."""
    begun = time.process_time()
    lines = 0
    with path.open("rb") as file:
        for each in transactions(file):
            if isinstance(each, Transaction):
                lines += sum(len(one.lines) for one in read(each))
    return time.process_time() - begun, lines


def theirs(path: Path) -> float | None:
    """Seconds of pyx12's reader of segments, which builds nothing; None where it is not installed."""
    try:
        reader = importlib.import_module("pyx12.x12file").X12Reader
    except ImportError:
        return None
    begun = time.process_time()
    with path.open(encoding="ascii") as file:
        segments: Iterator[object] = iter(reader(file))
        for _ in segments:
            pass
    return time.process_time() - begun


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the one line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transactions", type=int, default=5000)
    parser.add_argument("--megabytes", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "batch.271"
        with path.open("wb") as file:
            count = write(file, count=options.transactions)
        seconds, lines = min(ours(path) for _ in range(3))
        other = theirs(path)
        with path.open("wb") as file:
            large = write(file, size=options.megabytes * 1_000_000)
        before = _megabytes()
        ours(path)
        grown = _megabytes() - before
    print(
        json.dumps(
            {
                "bench": "x12",
                "transactions": count,
                "eb_lines_each": EB_LINES,
                "lines": lines,
                "transactions_per_second": round(count / seconds),
                "pyx12_segments_only_per_second": round(count / other) if other else None,
                "megabytes_streamed": options.megabytes,
                "transactions_streamed": large,
                "memory_grew_megabytes": round(grown, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
