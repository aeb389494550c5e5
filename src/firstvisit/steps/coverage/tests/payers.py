"""Replies of invented payers with the habits of real ones, in code: what stands between ST and SE, in its envelope."""

from __future__ import annotations

import io

from firstvisit.steps.coverage import reading
from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261122*0900*^*00501*000000001*0*P*:~"
HEAD = (
    "BHT*0022*11*T1*20261122*0900", "HL*1**20*1", "NM1*PR*2*INVENTED HEALTH*****PI*00001", "HL*2*1*21*1",
    "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984",
)  # fmt: skip
SUBSCRIBER = (
    "HL*3*2*22*0", "TRN*2*OURS1*9CEDARST01", "NM1*IL*1*DOE*ROBIN****MI*M0001", "DMG*D8*19800229*F",
    "DTP*472*D8*20261122",
)  # fmt: skip


def interchange(*body: str, kind: str = "271") -> bytes:
    """The segments between ST and SE in their envelope."""
    st = f"ST*{kind}*0001*{'005010X217' if kind == '278' else '005010X279A1'}"
    whole = (st, *body, f"SE*{len(body) + 2}*0001")
    code = {"271": "HB", "278": "HI", "270": "HS", "999": "FA"}[kind]
    head = f"{ISA}\nGS*{code}*PAYER*CLINIC*20261122*0900*1*X*005010X279A1~\n"
    return (head + "~\n".join(whole) + "~\nGE*1*1~\nIEA*1*000000001~\n").encode()


def transaction(data: bytes) -> Transaction:
    """The first transaction of a file."""
    return next(each for each in transactions(io.BytesIO(data)) if isinstance(each, Transaction))


def benefits(*lines: str, subscriber: tuple[str, ...] = SUBSCRIBER) -> Benefits:
    """What a 271 about one subscriber says whose benefit loops are `lines`."""
    (found,) = reading.read(transaction(interchange(*HEAD, *subscriber, *lines)))
    return found
