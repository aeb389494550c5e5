"""Who is expected to pay: the kind of cover, its name, its numbers and what was said of authorization."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.referral.wordings import Wordings
from firstvisit.steps.intake.understanding.values.span import Span, apart


@cache
def _known() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(Path(__file__).with_name("payers.toml").read_text("utf-8"))
    return (
        re.compile(rf"\b(?:{'|'.join(data['medicaid'])})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(data['insurers'])})\b"),
    )


_WORDS: Final = Wordings(__file__, "cover.toml")
_KINDS: Final = {
    name: _WORDS.any_of(f"kinds.{name}", r"\b%s")
    for name in (
        "private_pay",
        "workers_comp",
        "auto",
        "school",
        "va",
        "medicare",
        "commercial",
    )
}
_SAYS_MORE: Final = re.compile(r"\b(?!(?:i|we|am|are|will|be|is|m|ll|re|the|please|for|now|yo|somos)\b)\w+", re.I)
_NOT_PAID: Final = _WORDS.any_of("not_paid", r"[^.;,\n]{0,15}\b%s")
_UNSURE: Final = _WORDS.any_of("unsure", r"%s\s+(?:\w+\s+){0,2}$")
_SECONDARY: Final = re.compile(
    r"(?:secondary|supplement\w*|second|backup|\bplus|\+)(?:\s+(?:too|also|as well)\b)?[\s:,]+(?:\w+\s+){0,2}$", re.I
)


def card_of(name: str | None, member_id: str | None) -> dict[str, str | None]:
    """A payer as two fields of a form state it. Where the name says nothing but that they pay themselves, that."""
    rest = _KINDS["private_pay"].sub("", name or "")
    if not member_id and rest != (name or "") and not _SAYS_MORE.search(rest):
        return {"kind": "private_pay"}
    return {"name": name, "member_id": member_id}


def kinds(text: str) -> list[Span[str]]:
    """Kinds of cover in `text` in the order said. An insurer's Medicare plan is Medicare, a Medicaid plan Medicaid."""
    found = []
    for kind, shape in _KINDS.items():
        for match in shape.finditer(text):
            before = text[max(0, match.start() - 30) : match.start()]
            if kind != "private_pay" and _UNSURE.search(before):
                continue
            if _NOT_PAID.match(text[match.end() :]):
                continue  # "Medicare won't cover it"
            if kind == "commercial" and re.search(
                r"medicare|medicaid", text[max(0, match.start() - 25) : match.end() + 25], re.I
            ):
                continue
            if kind == "auto" and re.search(r"do you|take", before, re.I):
                continue
            found.append(Span(match.start(), match.end(), kind))
    for match in _known()[0].finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        if _UNSURE.search(before) or (
            match[0].lower()
            in ("chip", "molina", "health first", "all kids", "family care", "healthchoice", "ohp")
            and not match[0][0].isupper()
        ):
            continue
        found.append(Span(match.start(), match.end(), "medicaid"))
    return apart(found)


_PLAN_WORD: Final = (
    r"(?:HMO|PPO|EPO|POS|HDHP|Health ?[Pp]lans?|Healthcare|Health|Mutual(?: Health)?|Benefit (?:Plan|Trust)|"
    r"Benefits?|Insurance|Casualty|Indemnity|Assurance|"
    r"Advantage(?: Plan)?|Choice|Care(?:Plus)?|Plan|Trust|Auto|Life|Network|Administrators|Employers|Comp|"
    r"Underwriters|Compensation|Fund|Shield|Cross|Select|Alliance|Cooperative|Coverage|Plus)"
)
_CAP: Final = r"(?:[A-Z][\w'’&-]*|of|the|&|and)"
_NAMED: Final = re.compile(
    rf"\b([A-Z][\w'’&-]*(?:[ ]{_CAP}){{0,4}}?[ ]{_PLAN_WORD}(?:[ ]{_PLAN_WORD})*)(?![\w])(?! (?:Partners|"
    rf"Associates|Cent(?:er|re)|Clinic|Services|Medical|Hospital|Physicians|Specialists|Therapy|Rehab\w*|"
    rf"Agency|Department)\b)"
)
_ANY_NAME: Final = re.compile(r"[A-Z][\w'’&.-]*(?:[ ](?:[A-Z][\w'’&.-]*|of|the|&|and)){0,5}")
_GENERIC: Final = re.compile(
    r"(?i)^(?:the |an? |traditional |original |regular |straight |state |nc |texas |ohio )*(?:medicare|medicaid|"
    r"part [ab]|insurance|self[- ]?pay|private pay|"
    r"workers?'?s?|comp|auto|none|unknown|yes|no|health insurance|my insurance|commercial|school district|"
    r"cash|n/?a|plus|advantage|supplement|and|&|\+|\s)+\s*$"
)


_GOES_ON: Final = re.compile(
    r"(?: (?:(?:of|for)(?= [A-Z])|(?!(?:ID|Id|Group|Grp|Member|Number|Policy|Subscriber|I|My|We|He|She|And|"
    r"Is|The|Through|Plan ID|Her|His|Our|Auth|Claim|Phone|DOB|"
    r"Medicare ID)\b)[A-Z][A-Za-z&]+\b(?![ #:-]{0,2}\d))){1,4}"
)
"""Words with capitals behind an insurer's name that belong to it: "Regence BlueShield", "Anthem Blue Cross PPO"."""
_NO_PLAN: Final = _WORDS.any_of("no_plan", r"%s\b")


def plan_names(text: str, *, asked: bool = False) -> list[Span[str]]:
    """Names of plans and insurers; with `asked` (behind a label or a question for insurance) what begins it."""
    found = []
    for known in _known()[1].finditer(text):
        more = _GOES_ON.match(text, known.end())
        found.append(
            Span(
                known.start(),
                more.end() if more else known.end(),
                text[known.start() : more.end() if more else known.end()],
            )
        )
    for known in _known()[0].finditer(text):
        generic = _GENERIC.match(known[0]) or re.match(r"(?i)medicaid|medical assistance|medi-?cal$", known[0])
        if known[0][:1].isupper() and not generic:
            found.append(Span(known.start(), known.end(), known[0]))
    for match in _NAMED.finditer(text):
        name = re.sub(
            r"^(?:The|A|An|And|My|Our|His|Her|Insurance|Carrier|Plan|Have|It's|Through|We|I|Is|Payer|Coverage|"
            r"Primary|Yes|Yeah|Um|Uh|So|Health Insurance|Comp|PT|OT)\s+",
            "",
            match[1],
        )
        name = re.sub(r"\s(?:of|the|and|&)$", "", name)
        if (
            name
            and not _GENERIC.match(name)
            and not re.search(
                r"\b(?:Home|Family|Mental|Urgent|Primary|Day|Intensive|Women'?s|Public|Behavioral) (?:Health|"
                r"Care)\b|Clinic|Hospital|Medicine",
                name,
            )
        ):
            found.append(Span(match.end(1) - len(name), match.end(1), name))
    if asked and not apart(found):
        lead = re.match(
            r"\W*(?:(?:no|oh|well|so|now|okay|uh|um|let's see|actually)[,. ]+)*(?:it's,? (?:uh|um),? )?"
            r"(?:(?:i|we|he|she|they)(?:'ve| have| has|'s|'m|'re)?(?: got| on| with| under)?|it's|it is|yes|yeah|um|"
            r"uh|that would be|that'd be|have|through|just|primary(?: is)?|,|the|my|his|her|insurance is)\s+",
            text,
            re.I,
        )
        named = _ANY_NAME.match(text, lead.end() if lead else len(text) - len(text.lstrip()))
        if named is None or _NO_PLAN.match(named[0]):
            named = next((each for each in _LATER.finditer(text) if _names_a_plan(text, each)), None)
        if named and not _GENERIC.match(named[0]) and len(named[0]) > 2 and not _NO_PLAN.match(named[0]):
            found.append(Span(named.start(), named.end(), named[0].rstrip(".,")))
    kept = []
    for each in apart(found):
        if not _known()[0].fullmatch(each.value) or not re.match(
            r"(?i)medicaid$|medical assistance$", each.value
        ):
            kept.append(each)
    return kept


_LATER: Final = re.compile(r"[A-Z][\w'’&.-]*[a-z][\w'’&.-]*(?:[ ](?:[A-Z][\w'’&.-]*|of|the|&|and)){1,4}")


def _names_a_plan(text: str, match: re.Match[str]) -> bool:
    """Whether words with capitals further on in an answer may be the plan's name, and are nobody's own name."""
    before = text[max(0, match.start() - 24) : match.start()]
    of_else = re.search(r"(?i)\b(?:dr|doctor|mr|mrs|ms|from|in|my name is|i'm|this is|name's|at)\.?\s+$", before)
    return not of_else and not _NO_PLAN.match(match[0]) and not _GENERIC.match(match[0])


_NUMBER: Final = (
    r"((?!(?:ID|NPI|NO|NUM|NUMBER|CARD|PLAN|IS|MEMBER|POLICY|GROUP|GRP)\b)"
    r"[A-Z]{0,6}[ -]?\d[A-Z0-9]*"
    r"(?:[ -](?=[A-Z0-9-]*\d)[A-Z0-9]+|[ -][A-Z](?![\w'])|-[A-Z0-9]+)*)"
)
_MEMBER: Final = re.compile(
    rf"\b(?:(?:member|subscriber|policy|insurance|medicare|medicaid|card|pmi|mbi|hic|recipient|beneficiary|"
    rf"plan|patient|cert(?:ificate)?|medical assistance)\s*(?:id|i\.d\.|number|num|no\.?|#|card)*|id|i\.d\.|"
    rf"number|#|id's)"
    rf"(?:\s*(?:number|num|no\.|#|id))?(?:\s*(?:is|are|:|=|,|-|that's|on the card is|there is|'s|would be|"
    rf"de))*\s*#?\s*{_NUMBER}",
    re.I,
)
_MBI: Final = re.compile(
    r"(?<![\w-])[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[- ]?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[-"
    r" ]?[AC-HJKMNP-RT-Y]{2}\d\d(?![\w-])"
)
"""A Medicare number as it stands on the card (CMS, "Understanding the MBI format")."""
_GROUP: Final = _WORDS.any_of(
    "group",
    r"\b%s\.?\s*(?:number|num|no\.?|#|id)?\s*(?:is|:|=|,)?\s*#?\s*([A-Z]{0,6}-?\d[A-Z0-9-]*|"
    r"[A-Z]{1,5}-?\d[A-Z0-9-]*)\b",
)
_CLAIM: Final = _WORDS.any_of(
    "claim",
    r"\b%s\s*(?:number|num|no\.?|#|id)?[^.\d\n]{0,45}?(?:is|:|=|,|#|"
    r"-)?\s*#?\s*((?:[A-Z]{1,5}-?)?\d[A-Z0-9]*(?:-[A-Z0-9]+)*)\b",
)
_AUTH: Final = _WORDS.any_of(
    "auth",
    r"\b%s\s*(?:number|num|no\.?|#|code|id)?\s*(?:is|:|=|,|"
    r"was)?\s*#?\s*((?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*)\b(?!\s*(?:visits?|sessions?|weeks?|days?|x))",
)
_BARE: Final = re.compile(
    r"(?<![\w@./-])((?!(?:ID|NPI|NO|MEMBER|NUMBER|POLICY|GROUP|GRP|PLAN|"
    r"CARD)\b)(?:[A-Z]{1,5}[ -]?)?\d[\dA-Z]*(?:[ -][\dA-Z]*\d[\dA-Z]*|[ -][A-Z](?!\w))*)(?![\w@/]|\.\d)"
)


def member_numbers(text: str, *, bare: bool = False) -> list[Span[str]]:
    """Numbers on a card behind a word that announces one; with `bare` any letters and digits long enough for one."""
    of_medicare = [Span(m.start(), m.end(), m[0]) for m in _MBI.finditer(text)]
    if of_medicare:
        return of_medicare  # no other number has its eleven places
    found = [
        Span(m.start(1), m.end(1), m[1])
        for m in _MEMBER.finditer(text)
        if _like_a_number(m[1]) and not _of_else(text, m.start())
    ]
    if bare:
        found += [
            Span(m.start(1), m.end(1), m[1])
            for m in _BARE.finditer(text)
            if _like_a_number(m[1], 7) and not _of_else(text, m.start(1))
        ]
    return apart(found)


def group_numbers(text: str) -> list[Span[str]]:
    """Numbers of a group on a card."""
    return [Span(m.start(1), m.end(1), m[1].rstrip("-")) for m in _GROUP.finditer(text)]


def claim_numbers(text: str) -> list[Span[str]]:
    """Claim numbers of a work or auto injury."""
    return [Span(m.start(1), m.end(1), m[1]) for m in _CLAIM.finditer(text) if _like_a_number(m[1], 5)]


def authorization_numbers(text: str) -> list[Span[str]]:
    """Numbers of an authorization that was given or asked for."""
    return [Span(m.start(1), m.end(1), m[1]) for m in _AUTH.finditer(text) if _like_a_number(m[1], 5)]


def _like_a_number(text: str, least: int = 5) -> bool:
    if re.match(r"(?i)(?:NPI|DOB|ZIP|TEL|FAX|PH|CPT|ICD|AUTH|CLAIM|GROUP|GRP|DX|STE|APT)\b", text):
        return False
    marks = re.sub(r"[^A-Za-z0-9]", "", text)
    digits = sum(map(str.isdigit, marks))
    return (
        len(marks) >= least
        and digits >= max(3, len(marks) // 3)
        and not re.fullmatch(r"(?:19|20)\d\d", marks)
    )


def _of_else(text: str, at: int) -> bool:
    """A number of the group, the claim, a phone or a fax is none of the member's."""
    return bool(
        re.search(
            r"\b(?:group|grp|claim|auth\w*|phone|fax|cell|callback|call[- ]?back|npi|zip|room|apt|suite|"
            r"street|tax|best|home|work|my|his|her|reach|ph|tel|contact|extension|file|reference|ref|"
            r"case)\W*(?:at|is|me at)?\W*$",
            text[max(0, at - 18) : at],
            re.I,
        )
    )


_STATUSES: Final = {
    name: _WORDS.any_of(f"statuses.{name}", r"\b%s")
    for name in (
        "not_required",
        "approved",
        "pending",
        "required",
    )
}
_NOT_REQUESTED: Final = _WORDS.any_of("not_requested")
_OPEN: Final = re.compile(r"(?i)\b(?:if|once|until|unless|whether|going to|to) (?:[\w'’]+ ){0,3}[\w'’]*$|^\W*(?:does|do|did|has|have|is|are) (?:he|she|you|they|it|we|i)\b")
"""Words of a sentence in which an approval is only hoped or asked for."""


def authorization(text: str, *, asked: bool = False) -> list[Span[str]]:
    """What was said of authorization; with `asked` (behind a label or a question for it) a bare word is enough."""
    lead = "authorization: " if asked else ""
    text = lead + text
    found: list[Span[str]] = []
    for name, shape in _STATUSES.items():
        for match in shape.finditer(text):
            context = text[max(0, match.start() - 40) : match.end() + 20]
            if name == "pending" and _NOT_REQUESTED.search(
                text[max(0, match.start() - 15) : match.end() + 15]
            ):
                continue
            if name == "approved" and _OPEN.search(re.split(r"[.!?;\n]|>>", text[: match.end()])[-1]):
                continue
            if re.search(r"HIPAA|release|records|\?\s*$|do (?:I|we|you|they) need", context, re.I):
                continue
            if not any(
                match.start() - len(lead) < each.end and each.start < match.end() - len(lead)
                for each in found
            ):
                found.append(Span(max(0, match.start() - len(lead)), max(0, match.end() - len(lead)), name))
    return sorted(found, key=lambda span: span.start)


def is_secondary(text: str, at: int, end: int | None = None) -> bool:
    """Whether the cover named from `at` to `end` is said to come after another."""
    if end is not None and re.match(
        r"\s*(?:supplement\w*|secondary|medigap|as (?:a )?(?:second|backup))\b", text[end:], re.I
    ):
        return True
    behind = re.match(
        r"[\w ,&'’-]{0,40}?\b(?:as|for|is) (?:my|his|her|the|a|our)?\s?(?:supplement\w*|secondary|second|backup)\b",
        text[at:],
        re.I,
    )
    return bool(behind or _SECONDARY.search(text[max(0, at - 40) : at]))


def known_in(text: str) -> list[re.Match[str]]:
    """Insurers and programmes in a text whatever its capitals."""
    return [match for shape in _known() for match in re.finditer(shape.pattern, text, re.IGNORECASE)]


def is_known(name: str) -> bool:
    """Whether a name is an insurer's that everybody knows, and needs no word beside it to be one."""
    return bool(_known()[1].match(name))


def is_generic(name: str) -> bool:
    """Whether a name says no more than the kind of cover."""
    return bool(_GENERIC.match(name))
