"""The demo's ways in: set up once, so that a newcomer can drop, mail, post or send something at once."""

from __future__ import annotations

from typing import Any, Final

from firstvisit.config.demo import imap
from firstvisit.config.env import DEMO_HL7, DEMO_MAILBOX, DEMO_PAYER, Environment
from firstvisit.kernel.audit import SYSTEM
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import WayIn

SECRET: Final = "maple-harbor-webhook"
"""What the demo's webhook is signed with; no practice's is known to anybody."""


def set_up(here: Environment) -> list[str]:
    """Make what is missing; a line for each way in, and for the sandbox payer, that says how to use it."""
    _made("inbox", "folder", "Folder of the demo")
    _made("partner", "webhook", "Webhook of a partner", secrets={"secret": SECRET})
    there = {
        "host": "127.0.0.1", "port": here.port + DEMO_MAILBOX, "security": "none", "user": imap.USER,
        "poll_seconds": 5,
    }  # fmt: skip
    _made("mail", "mailbox", "Mailbox of the demo", settings=there, secrets={"password": imap.PASSWORD})
    _made("emr", "hl7", "EMR feed of the demo", settings={"port": here.port + DEMO_HL7})
    return [
        f"drop a fax, PDF, e-mail or transcript into {here.home / 'inbox'}",
        f"mail one to {imap.ADDRESS} over {here.smtp_url}",
        f"send HL7 v2 (REF^I12 ...) over MLLP to 127.0.0.1:{here.port + DEMO_HL7}",
        f"post a signed referral to {here.address}/in/partner (secret {SECRET}; docs/how-to/ways-in.md)",
        f"choose what the sandbox payer on 127.0.0.1:{here.port + DEMO_PAYER} answers: begin a member id with "
        "AUTH, EXCLUDED, AAA72C, HTML ... (docs/reference/coverage.md)",
    ]


def _made(slug: str, kind: str, name: str, **more: Any) -> None:
    """One way in, made and switched on unless it is there; how somebody left it is left."""
    if not WayIn.objects.filter(slug=slug).exists():
        ways_in.switch(ways_in.make(slug=slug, kind=kind, name=name, actor=SYSTEM, **more), "on", actor=SYSTEM)
