"""A mail's body as the parts of a thread: what its sender writes, and below it what each of the others wrote before. Pure.

Every part has an author. What we ourselves wrote tells nothing of a patient; what the sender wrote earlier is theirs still;
what somebody else wrote and was sent on to us is a letter of its own.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

_RULE: Final = re.compile(
    r"(?im)^[ \t>]*(?:[-_=* ]{2,}\s*(?:forwarded message|original message|mensaje (?:reenviado|original)|forwarded by[^\n]*)\s*[-_=* ]{2,}|"
    r"begin forwarded message:|inicio del mensaje reenviado:)[^\n]*$"
)
_WROTE: Final = re.compile(r"(?ims)^[ \t>]*(?:on [^\n]{5,120}(?:\n[ \t>]*[^\n]{0,80})?\bwrote:|el [^\n]{5,120}(?:\n[ \t>]*[^\n]{0,80})?\bescribi[oó]:)[ \t]*$")
_HEAD: Final = re.compile(r"(?im)^[ \t>]*\**(from|sent|date|to|cc|subject|de|para|asunto|enviado|fecha|reply-to)\**:[ \t]*(.*)$")
_FEWEST_HEADS: Final = 2
_LONGEST_HEAD: Final = 16
"""Lines in which a message's head ends."""


@dataclass(frozen=True, slots=True)
class Part:
    """One author's words: `text` begins at `start` of the body; marks of quoting are blanked, so that places stay. `author`
    and `address` are empty where nothing tells them; `subject` where the part has none of its own."""

    text: str
    start: int
    author: str = ""
    address: str = ""
    subject: str = ""
    forwarded: bool = False
    """Whether a line says that it was sent on, and not only that it was answered."""


def parts(body: str) -> list[Part]:
    """The parts of `body` from the newest to the oldest; the first is the sender's own and may be empty."""
    cuts = _cuts(body)
    rest = body
    made: list[Part] = []
    for n, (begin, end, author, address, subject, forwarded) in enumerate(cuts):
        until = cuts[n + 1][0] if n + 1 < len(cuts) else len(body)
        if body[begin:end].lstrip(" \t").startswith(">"):
            until = _quoted_until(body, end, until)  # what stands below a quoted part is the newest author's again
        rest = rest[:begin] + re.sub(r"[^\n]", " ", body[begin:until]) + rest[until:]
        made.append(Part(_unquoted(body[end:until]), end, author, address, subject, forwarded))
    return [Part(_unquoted_end(rest.rstrip() if made else rest), 0), *made]


def _quoted_until(body: str, at: int, until: int) -> int:
    """Where the lines behind `at` that are marked as quoted end."""
    end = at
    for line in re.compile(r"[^\n]*\n?").finditer(body, at, until):
        if line[0].strip() and not line[0].lstrip().startswith(">") and line.start() > at:
            break
        end = line.end()
        if not line[0]:
            break
    return end


Cut = tuple[int, int, str, str, str, bool]


def _cuts(body: str) -> list[Cut]:
    """Where each older part begins: at a rule, at "On ... wrote:" or at the lines of a message's head."""
    cuts: list[Cut] = []
    at = 0
    while True:
        marks = [mark for shape in (_RULE, _WROTE) if (mark := shape.search(body, at))]
        head = _head_at(body, at)
        mark = min(marks, key=lambda each: each.start(), default=None)
        if head is None and mark is None:
            return cuts
        if head is not None and (mark is None or head <= mark.start()):
            end, fields = _head_from(body, head)
            begin, forwarded = head, False
        else:
            assert mark is not None
            begin, forwarded = mark.start(), "forward" in mark[0].lower() or "reenviado" in mark[0].lower()
            end, fields = _head_from(body, mark.end())
            if not fields:
                author, address = _of_line(mark[0])
                fields = {"from": f"{author} <{address}>"} if address else {"from": author}
        author, address = _person(fields.get("from", ""))
        cuts.append((begin, end, author, address, fields.get("subject", ""), forwarded))
        at = max(end, begin + 1)


def _head_at(body: str, at: int) -> int | None:
    """Where lines of a head (From, Sent, To ...) begin that no rule announces; one line alone is none."""
    for match in _HEAD.finditer(body, at):
        if match[1].lower() not in ("from", "de") or not match[2].strip():
            continue
        _, fields = _head_from(body, match.start())
        if len(fields) > _FEWEST_HEADS and ("to" in fields or "sent" in fields or "date" in fields):
            return match.start()
    return None


_NAMES: Final = {"de": "from", "para": "to", "asunto": "subject", "enviado": "sent", "fecha": "date"}


def _head_from(body: str, at: int) -> tuple[int, dict[str, str]]:
    """The lines of a head that follow `at`, by name, and where they end; lines of a folded value belong to it."""
    fields: dict[str, str] = {}
    end = at
    for line in itertools.islice(re.compile(r"[^\n]*\n?").finditer(body, at), _LONGEST_HEAD):
        plain = line[0].strip(" \t>\r\n*")
        match = _HEAD.match(line[0].rstrip("\n"))
        if match:
            name = match[1].lower()
            fields.setdefault(_NAMES.get(name, name), match[2].strip().strip("*").strip())
            end = line.end()
        elif plain and fields and line[0][:1] in " \t" and end == line.start():
            end = line.end()
        elif plain or fields or not line[0]:
            break
    return (end, fields) if fields else (at, {})


def _person(value: str) -> tuple[str, str]:
    author, address = parseaddr(value.replace("[mailto:", "<").replace("]", ">"))
    return (author, address) if "@" in address else (value.split("<")[0].strip(" \"'"), "")


def _of_line(line: str) -> tuple[str, str]:
    """Whoever "On May 3, 2026, at 9:14 AM, Ida Voss <ida@example.org> wrote:" names."""
    plain = re.sub(r"[\s>]+", " ", line)
    address = re.search(r"[\w.+-]+@[\w.-]+\w", plain)
    author = re.search(r"(?:\d{4}|[ap]\.?m\.?|\d:\d\d),? (?:at [\d:]+ ?(?:[ap]\.?m\.?)?,? )?(?:-?\d{4} )?([^\d<>,:]{3,60}?)\s*(?:<|\[|\(|wrote|escribi)", plain, re.I)
    author = author or re.search(r"\b([A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3})\s*(?:<|\[|\(|wrote|escribi)", plain)
    return (author[1].strip(" \"'") if author else "", address[0] if address else "")


def _unquoted(text: str) -> str:
    return re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+", lambda match: " " * len(match[0]), text)


def _unquoted_end(text: str) -> str:
    """The newest part: lines quoted in it are answered to there, and are not the sender's own."""
    if not re.search(r"(?m)^[ \t]*[^>\s]", text):
        return _unquoted(text)
    return re.sub(r"(?m)^[ \t]*>.*$", lambda match: " " * len(match[0]), text)
