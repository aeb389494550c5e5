"""What was typed, as the form shows it again with what is wrong beside it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from firstvisit.kernel.errors import Problem
from firstvisit.web.readable import SAID

STEP1: Final = ("who", "name", "phone", "email", "may_email", "may_text")
STEP2: Final = (
    "patient_first_name",
    "patient_last_name",
    "birth_date",
    "concern",
    "program",
    "therapy",
    "event_kind",
    "event_date",
    "zip",
    "insurance",
    "member_id",
    "language",
)
LISTS: Final = ("times",)
TRAP: Final = "company_site"
"""Hidden from people; whatever fills it in is no person."""
TOKEN: Final = "token"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_FIRST_CONTROL: Final = {"who": "who-child"}
"""Where the link of a problem leads when the field is a group."""
_REPLACED: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as shown: what was typed and what is wrong with it."""

    name: str
    value: Any = ""
    problem: str = ""

    @property
    def id(self) -> str:
        return _FIRST_CONTROL.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """The fields of one step, and every problem in the order of the form."""

    fields: Mapping[str, Field]
    problems: Sequence[tuple[str, str]]
    token: str


def answers_of(post: QueryDict, names: Sequence[str], lists: Sequence[str] = ()) -> dict[str, Any]:
    """What was typed into the named fields; nothing else of the body is looked at."""
    typed: dict[str, Any] = {name: post.get(name, "").strip() for name in names}
    typed.update({name: post.getlist(name) for name in lists})
    return {name: value for name, value in typed.items() if value}


def damaged(answers: Mapping[str, Any], lost: Sequence[str], names: Sequence[str]) -> list[Problem]:
    """Letters that were lost on the way here: in fields that arrived as no text (`lost`, of those of this step),
    and in those that came with the mark of a lost letter."""
    marked = [name for name, value in answers.items() if isinstance(value, str) and _REPLACED in value]
    return [Problem(name, SAID) for name in names if name in lost or name in marked]


def shown(
    names: Sequence[str], answers: Mapping[str, Any], problems: Sequence[Problem] = (), token: str = ""
) -> Shown:
    """The step with its values and problems; problems of other fields stand in the box without a link."""
    first: dict[str, str] = {}
    for problem in problems:
        first.setdefault(problem.field, problem.message)
    fields = {name: Field(name, _fit(answers.get(name, "")), first.get(name, "")) for name in names}
    order = {name: number for number, name in enumerate(names)}
    listed = [
        (fields[name].id if name in fields else "", message)
        for name, message in sorted(first.items(), key=lambda each: order.get(each[0], len(order)))
    ]
    return Shown(fields, listed, token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24))


def _fit(value: Any) -> Any:
    """A NUL cannot stand in a page, not even to be mended."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def token_of(post: QueryDict) -> str | None:
    """The form's own mark, which makes a double tap the same request; None when it is not one of ours."""
    text = post.get(TOKEN, "")
    return text if _TOKEN.fullmatch(text) else None
