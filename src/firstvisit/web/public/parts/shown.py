"""What was typed, as a form shows it again with what is wrong beside it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, QueryDict

from firstvisit.kernel.errors import Problem
from firstvisit.web.public.texts import Language, sentence, words
from firstvisit.web.readable import SAID

TRAP: Final = "company_site"
"""Hidden from people; whatever fills it in is no person."""
TOKEN: Final = "token"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_REPLACED: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as shown: what was typed and what is wrong with it."""

    name: str
    value: Any = ""
    problem: str = ""
    id: str = ""
    """Where the link of a problem leads: the control itself, of a group its first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The fields of one page, and every problem in the order of the form."""

    fields: Mapping[str, Field]
    problems: Sequence[tuple[str, str]]
    token: str
    headline: str = ""
    """How many things need mending."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a post holds for the fields of one page, and how the page shows it again."""

    names: tuple[str, ...]
    answers: dict[str, Any]
    token: str
    language: Language
    groups: Mapping[str, str]

    def shown(self, problems: Sequence[Problem] = ()) -> Shown:
        return shown(
            self.names, self.answers, problems, self.token, language=self.language, groups=self.groups
        )


def typed_on(
    request: HttpRequest,
    names: Sequence[str],
    lists: Sequence[str] = (),
    *,
    language: Language,
    groups: Mapping[str, str] | None = None,
    before: Mapping[str, Any] | None = None,
) -> Typed:
    """What stands in the form: what was posted, or `before` where nothing was."""
    posted = request.method == "POST"
    answers = answers_of(request.POST, names, lists) if posted else dict(before or {})
    token = request.POST.get(TOKEN, "") if posted else ""
    return Typed((*names, *lists), answers, token, language, groups or {})


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
    names: Sequence[str],
    answers: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    token: str = "",
    *,
    language: Language = "en",
    groups: Mapping[str, str] | None = None,
) -> Shown:
    """A form with its values and problems; problems of other fields stand in the box without a link.

    `groups` names the first control of a field that is a group.
    """
    first: dict[str, str] = {}
    for problem in problems:
        first.setdefault(problem.field, sentence(problem.message, language))
    ids = {name: (groups or {}).get(name, name) for name in names}
    fields = {
        name: Field(name, _fit(answers.get(name, "")), first.get(name, ""), ids[name]) for name in names
    }
    order = {name: number for number, name in enumerate(names)}
    listed = [
        (fields[name].id if name in fields else "", message)
        for name, message in sorted(first.items(), key=lambda each: order.get(each[0], len(order)))
    ]
    said = words("everywhere", language)
    headline = said["problems_one"] if len(listed) == 1 else said["problems_many"].format(n=len(listed))
    return Shown(fields, listed, token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24), headline)


def _fit(value: Any) -> Any:
    """A NUL cannot stand in a page, not even to be mended."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def token_of(post: QueryDict) -> str | None:
    """The form's own mark, which makes a double tap the same request; None when it is not one of ours."""
    text = post.get(TOKEN, "")
    return text if _TOKEN.fullmatch(text) else None
