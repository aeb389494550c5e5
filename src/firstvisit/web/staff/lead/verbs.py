"""What may be done with a lead and its tasks: each verb with the fields of its form, its capability and its labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from firstvisit.journey import authorizing, papers, stages, verbs, wording
from firstvisit.journey.authorization import verbs as requests
from firstvisit.journey.booking.ended import CAPABILITY as ENDS_NEEDS
from firstvisit.journey.coverage import by_hand
from firstvisit.journey.office_known import confirm_office
from firstvisit.journey.parting import not_this_person
from firstvisit.journey.status_links import end_status_links
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import Queue, User
from firstvisit.referral.text import free_text, one_line
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import agreed_moment, agreed_visit
from firstvisit.web.staff.lead import snoozing
from firstvisit.web.staff.lead.ended import note_end, take_back_end
from firstvisit.web.ui.context import site_of

LONGEST: Final = 500


def text_of(request: HttpRequest, name: str, limit: int = LONGEST) -> str:
    """What was typed, fit to keep; BadInput names the field."""
    try:
        read = one_line if name == "q" else free_text
        return read(request.POST.get(name, ""), limit)
    except ValueError as error:
        raise BadInput([Problem(name, str(error))]) from None


def _uuids(text: str) -> list[UUID]:
    """The id in a list; an empty one when it is none."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _take(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.take(lead, user, actor=actor_of(request))


def _hand_over(request: HttpRequest, lead: Lead, user: User) -> None:
    kind, _, name = request.POST.get("to", "").partition(":")
    to_user = User.objects.filter(id__in=_uuids(name), is_active=True).first() if kind == "user" else None
    to_queue = Queue.objects.filter(slug=name, retired_at=None).first() if kind == "queue" else None
    verbs.hand_over(
        lead, user, actor=actor_of(request), reason=text_of(request, "reason"), user=to_user, queue=to_queue
    )


def _overrule(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.overrule(
        lead,
        user,
        actor=actor_of(request),
        outcome=request.POST.get("outcome", ""),
        reason=text_of(request, "reason"),
    )


def _withdraw(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.withdraw_overruling(lead, user, actor=actor_of(request))


def _no_red_flag(request: HttpRequest, lead: Lead, user: User) -> None:
    seen = {item for text in request.POST.getlist("seen") for item in _uuids(text)}
    verbs.no_red_flag(lead, user, actor=actor_of(request), reason=text_of(request, "reason"), seen=seen)


def _do_not_contact(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.do_not_contact(lead, user, actor=actor_of(request), reason=text_of(request, "reason"))


def _contact_again(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.contact_again(lead, user, actor=actor_of(request), reason=text_of(request, "reason"))


def _unmask(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.unmask(lead, user, actor=actor_of(request), reason=text_of(request, "reason"))


def _close(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.close(
        lead, user, actor=actor_of(request), how=request.POST.get("how", ""), reason=text_of(request, "reason")
    )


def _papers(request: HttpRequest, lead: Lead, user: User) -> None:
    papers.arrived(lead, user, actor=actor_of(request), paper=request.POST.get("paper", ""))


def _authorization(request: HttpRequest, lead: Lead, user: User) -> None:
    said = {name: request.POST.get(name, "") for name in ("said_by", "number", "units", "begins", "ends")}
    today = clock.now().astimezone(site_of(request, user).tz).date()
    what = authorizing.read(
        answer=request.POST.get("authorized", ""), why=request.POST.get("refused_why", ""), today=today, **said
    )
    authorizing.answered(lead, user, actor=actor_of(request), what=what)


def _ask_again(request: HttpRequest, lead: Lead, user: User) -> None:
    rank, therapy = request.POST.get("rank", ""), request.POST.get("discipline", "")[:3]
    by_hand.ask_again(lead, user, actor=actor_of(request), rank=1 if rank == "1" else 0, discipline=therapy)


def _authorization_needed(request: HttpRequest, lead: Lead, user: User) -> None:
    requests.need(
        lead, user, actor=actor_of(request), discipline=request.POST.get("therapy", ""),
        said_by=text_of(request, "said_by", 120),
    )  # fmt: skip


def _program(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.choose_program(
        lead,
        user,
        actor=actor_of(request),
        program=request.POST.get("program", ""),
        reason=text_of(request, "reason"),
    )


def _setting(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.change_setting(
        lead,
        user,
        actor=actor_of(request),
        setting=request.POST.get("setting", ""),
        was=request.POST.get("setting_was"),
        reason=text_of(request, "reason"),
    )


def _not_this_person(request: HttpRequest, lead: Lead, user: User) -> None:
    items = _uuids(request.POST.get("item", ""))
    if not items:
        raise NotAllowed("not-this-person")
    not_this_person(lead, user, item=items[0], reason=text_of(request, "reason"), actor=actor_of(request))


def _end_status_links(request: HttpRequest, lead: Lead, user: User) -> None:
    end_status_links(lead, user, reason=text_of(request, "reason"), actor=actor_of(request))


def _confirm_office(request: HttpRequest, lead: Lead, user: User) -> None:
    sure = request.POST.get("office_sure") == "yes"
    confirm_office(lead, user, sure=sure, reason=text_of(request, "reason"), actor=actor_of(request))


def _stage(request: HttpRequest, lead: Lead, user: User) -> None:
    stages.move(
        lead,
        user,
        actor=actor_of(request),
        to=request.POST.get("stage", ""),
        reason=text_of(request, "reason"),
    )


def _reopen(request: HttpRequest, lead: Lead, user: User) -> None:
    verbs.reopen(lead, user, actor=actor_of(request), reason=text_of(request, "reason"))


def _done(request: HttpRequest, task: Task, user: User) -> None:
    verbs.finish(
        task,
        user,
        actor=actor_of(request),
        result=request.POST.get("result", ""),
        words=text_of(request, "words"),
        again_at=agreed_moment(request, site_of(request, user)),
        visit=agreed_visit(request),
        why=request.POST.get("why", ""),
    )


def _snooze(request: HttpRequest, task: Task, user: User) -> None:
    verbs.snooze(task, user, actor=actor_of(request), until=snoozing.typed(request, site_of(request, user)))


def _answer(request: HttpRequest, task: Task, user: User) -> None:
    answer, authorized = request.POST.get("answer", ""), request.POST.get("authorization_read") == "yes"
    if answer == "accepted_changed":
        said = {"subject": request.POST.get("subject", ""), "words": request.POST.get("message", "")}
        wording.send_changed(task, user, actor=actor_of(request), authorized=authorized, **said)
        return
    verbs.answer_proposal(task, user, actor=actor_of(request), answer=answer, authorized=authorized)


LEAD_VERBS: Final[dict[str, Callable[[HttpRequest, Lead, User], None]]] = {
    "take": _take,
    "hand-over": _hand_over,
    "overrule": _overrule,
    "withdraw-overruling": _withdraw,
    "no-red-flag": _no_red_flag,
    "do-not-contact": _do_not_contact,
    "contact-again": _contact_again,
    "unmask": _unmask,
    "close": _close,
    "reopen": _reopen,
    "papers": _papers,
    "authorization": _authorization,
    "authorization-needed": _authorization_needed,
    "ask-again": _ask_again,
    "program": _program,
    "setting": _setting,
    "stage": _stage,
    "end-status-links": _end_status_links,
    "confirm-office": _confirm_office,
    "not-this-person": _not_this_person,
    "ended": note_end,
    "take-back-end": take_back_end,
}
NEEDS: Final = {
    "break-glass": "break_glass",
    "unmask": "identity.mask",
    "ask-again": by_hand.CAPABILITY,
    "no-red-flag": "clinical.review",
    "ended": ENDS_NEEDS,
    "take-back-end": ENDS_NEEDS,
    "overrule": "leads.overrule",
    "withdraw-overruling": "leads.overrule",
    "contact-again": "leads.overrule",
}
"""The capability of each verb that needs another than "leads.work"; its service asks for it again."""
TYPED: Final = (
    "task", "subject", "message", "result", "words", "reason", "outcome", "how", "why", "again_at", "stage", "program",
    "setting", "authorized", "said_by", "number", "units", "begins", "ends", "refused_why",
    "item", "visit_site", "visit_with", "authorization_read", "office_sure", "end", "ended_on",
)  # fmt: skip
"""Fields that a refused form shows again."""
LABELS: Final = {
    "reason": "Why, in a few words",
    "words": "What was said, if it matters later",
    "result": "How did it end?",
    "why": "Why they declined",
    "paper": "What has arrived",
    "authorized": "What the payer answered",
    "said_by": "Who said so",
    "number": "Number",
    "units": "Visits or units",
    "begins": "From",
    "ends": "Through",
    "refused_why": "Why they refused",
    "stage": "Move to",
    "program": "The program",
    "setting": "Where the visits are to be",
    "again_at": "When the call back or the visit is",
    "visit_site": "Where the visit is",
    "visit_with": "With whom the visit is",
    "outcome": "Decide instead",
    "how": "How it ended",
    "ended_on": "On which day",
    "to": "To whom",
    "subject": "Subject",
    "message": "Message",
    "until": "Put away until",
    "moment": "Date and time",
}
"""Fields as the sheets label them."""
TASK_VERBS: Final[dict[str, Callable[[HttpRequest, Task, User], None]]] = {
    "done": _done,
    "snooze": _snooze,
    "answer": _answer,
}
