"""A message that is only proposed: its words as they would leave, and what a person writes in their place.

Only what stands above the foot can be changed; who we are, how to talk to us and how to stop such mail stay.
"""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction

from firstvisit.journey import verbs
from firstvisit.journey.act import message_row
from firstvisit.journey.booking.letters import without_times
from firstvisit.journey.case import PROPOSAL, proposal_of
from firstvisit.journey.loading import load
from firstvisit.journey.plan import plan
from firstvisit.journey.status_mail import links_for
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads.models import Lead, Task
from firstvisit.messages import services as messages
from firstvisit.messages.models import Message
from firstvisit.messages.templates import NOTHING
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.referral.text import free_text, one_line

LONGEST_SUBJECT: Final = 120
LONGEST_WORDS: Final = 3000


def may_reword(user: User) -> bool:
    """Whether somebody sees whom a message goes to and may press it."""
    return user.may("leads.work") and user.may("identity.see")


def proposed(lead: Lead) -> dict[uuid.UUID, messages.Proposed]:
    """What the open proposals of a lead would say and to whom, by their tasks; one that sends nothing is left out."""
    tasks = list(Task.objects.filter(lead=lead, status="open", kind__startswith=PROPOSAL))
    if not tasks:
        return {}
    now, shape = clock.now(), practice()
    fresh = Lead.objects.get(id=lead.id)
    (case,) = load([fresh], {number: slug for slug, number in queue_ids().items()}, now)
    ids = {task.id for task in tasks}
    pressed = tuple(
        seen._replace(status="done", result="accepted", ended_at=now) if seen.id in ids else seen
        for seen in case.tasks
    )
    planned = plan(case._replace(tasks=pressed), shape, policy(), now)
    rows = [message_row(fresh, case, message, now) for message in planned.messages]
    details = {message.key: dict(message.details) for message in planned.messages}
    for key, link in (*links_for(rows, now=now).items(), *without_times(rows, now=now).items()):
        details[key] = {**details.get(key, {}), **link}
    texts = {
        proposal_of(row.key): messages.proposed(row, practice=shape, details=details.get(row.key, NOTHING))
        for row in rows
    }
    return {task.id: text for task in tasks if task.key and (text := texts.get(task.key)) is not None}


def send_changed(
    task: Task, by: User, *, actor: Actor, subject: str, words: str, authorized: bool = False
) -> None:
    """Press a proposal whose words a person changed; what they wrote leaves in the place of the template.
    `authorized` as `verbs.answer_proposal` has it."""
    if not may_reword(by):
        raise NotAllowed("identity.see")
    problems, said = [], {}
    for field, text, read, most in (
        ("subject", subject, one_line, LONGEST_SUBJECT),
        ("message", words, free_text, LONGEST_WORDS),
    ):
        try:
            said[field] = read(text, most).strip()
        except ValueError as error:
            problems.append(Problem(field, str(error)))
            continue
        if not said[field]:
            problems.append(Problem(field, f"Write the {field}; an empty one is not sent."))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        verbs.answer_proposal(task, by, actor=actor, answer="accepted_changed", authorized=authorized)
        key = (task.key or "").removesuffix(proposal_of(""))
        wanted = Message.objects.select_for_update().filter(key=key, status="wanted").select_related("lead").first()
        if wanted is None:
            raise Conflict("this proposal sends no message")
        messages.reword(wanted, subject=said["subject"], words=said["message"])
