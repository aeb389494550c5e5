"""Payers' answers for the tests of screens: a question of a lead is asked and settled as the worker does it, with the
reply written here instead of the one that comes over the line."""

from __future__ import annotations

from firstvisit.journey.coverage import asking
from firstvisit.journey.coverage.settling import ORIGIN, settle
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.leads.models import Lead
from firstvisit.steps.coverage.connectors.sandbox import SANDBOX
from firstvisit.steps.coverage.models import Check

PLAN, SPEECH = "EB*1**30", "EB*1**AF*********Y"
CLEAN = (
    PLAN, SPEECH, "EB*B**AF***27*25*****Y", "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*250*****Y",
    "EB*F**AF***23***VS*30**Y", "EB*F**AF***29***VS*18**Y",
)  # fmt: skip
"""Active, speech therapy covered, 25 dollars a visit, 250 of 1,500 dollars of the deductible and 18 of 30 visits left;
authorization is not stated."""


def reply(check: Check, *lines: str, trace: str | None = None) -> bytes:
    """A 271 that answers a check with these lines behind the patient."""
    isa = "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*FIRSTVISIT     *261124*0900*^*00501*000000001*0*T*:~"
    st = (
        "ST*271*0001*005010X279A1", "BHT*0022*11*1*20261124*0900", "HL*1**20*1", "NM1*PR*2*NORTHFIELD HEALTH*****PI*1",
        "HL*2*1*21*1", "NM1*1P*2*CEDAR STREET THERAPY*****XX*1234567893", "HL*3*2*22*0",
        f"TRN*2*{trace or check.trace}*{ORIGIN}", "NM1*IL*1*DOE*ROBIN****MI*NH1",
        f"DTP*291*D8*{check.service_date:%Y%m%d}", *lines,
    )  # fmt: skip
    body = "~\n".join((*st, f"SE*{len(st) + 1}*0001"))
    head = f"{isa}\nGS*HB*SANDBOX*FIRSTVISIT*20261124*0900*1*X*005010X279A1~\n"
    return f"{head}{body}~\nGE*1*1~\nIEA*1*000000001~\n".encode()


def asked(lead: Lead) -> Check:
    """The newest question of a lead, on its way."""
    check = Check.objects.filter(lead=lead).exclude(cause="told").latest("wanted_at")
    Check.objects.filter(id=check.id, status="wanted").update(again_at=clock.now())
    asking.take(64)
    check.refresh_from_db()
    assert check.status == "asked", (check.status, check.why)
    return check


def answered(lead: Lead, *lines: str, trace: str | None = None, raw: bytes | None = None) -> Check:
    """The payer's answer to the newest question of a lead, settled."""
    check = asked(lead)
    settle(check.id, SANDBOX.read(raw if raw is not None else reply(check, *lines, trace=trace)))
    check.refresh_from_db()
    return check


def down(lead: Lead, *, temporary: bool = True) -> Check:
    """The payer does not answer."""
    check = asked(lead)
    settle(check.id, ConnectorError("Sandbox payer did not answer within 30 seconds", temporary=temporary))
    check.refresh_from_db()
    return check
