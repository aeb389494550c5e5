"""Every name that a caller says, with what is said around it and what it answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.reference.names import given_names, surnames
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.understanding import titles
from firstvisit.steps.intake.understanding.cast.asked import Whose, whose_name
from firstvisit.steps.intake.understanding.cast.clues import Clue, around
from firstvisit.steps.intake.understanding.cast.words import SENDS
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values import names, payers
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD

_NAME: Final = re.compile(names.NAME)
_FILLERS: Final = re.compile(
    r"(?i)(?:[^\w]|\b(?:yes|yeah|yep|sure|okay|ok|it['’]?s|it is|that's|that is|that'd be|he['’]?s|she['’]?s|um+|uh+|so|oh|well|of course|the|name|names|is|and|first|last|mine|me|my|i|i'm|am|es|se llama|full|so|mr|mrs|ms|miss|mister|dr|doctor|"
    r"family|given|that|would be|be|his|her|hers|their|for|sir|ma'am|right|hi|no|just|call|sí|claro|soy|el|la|a|hold on|let me see|please|we have|you|have|got|on)\b)*"
)
_PLACE: Final = re.compile(r"(?i)\b(?:in|near|outside|around|downtown|live[sd]? (?:in|at|on)|out (?:in|by)|over in|street|on|town of|city of|the|at)\s+$")
_STREET: Final = re.compile(r"(?i)^\s+(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|way|place|circle|parkway|highway|county|hills?|heights|beach|springs|park|falls|,? (?:[A-Z]{2}\b|\d{5}))")
WHO_ANSWERS: Final = re.compile(r"(?i)\b(?:if|when|in case|si|cuando)\b[^.?!]{0,30}\b(?:answers?|picks? up|gets? the phone|contesta|responde|agarra)\b")
"""Words of somebody who may answer the telephone, and is neither who calls nor who is ill."""
_OF_COVER: Final = ("insurance", "member", "address", "authorization", "codes")


@dataclass(frozen=True)
class Said:
    """A name where it is said, and every clue about its bearer there. `sentence` counts the caller's sentences."""

    name: str
    passage: Passage
    start: int
    end: int
    sentence: int
    clues: tuple[Clue, ...]
    titled: str = ""
    """The title before it, in small letters: "mr", "mrs", "dr"."""

    def has(self, *kinds: str) -> bool:
        return any(clue.kind in kinds for clue in self.clues)

    def word(self, *kinds: str) -> str:
        return next((clue.word for clue in self.clues if clue.kind in kinds and clue.word), "")


def names_said(told: Told) -> list[Said]:
    """Every name of the caller's sentences in their order, but those of ours whom they greet."""
    ours = _ours(told.agent)
    found: list[Said] = []
    opening = True
    lower = frozenset(re.findall(r"(?<![\w'’])[a-z]{2,}(?![\w'’])", told.words))
    for n, passage in enumerate(told.passages):
        text = without_letters(passage.text)
        here = [each for each in _of_sentence(passage, text, n, opening and n < _OPENS, lower, ours) if each.name not in ours]
        found += _with_answers(_joined(here, text), told.passages, n, found)
        found = _taken_up(found, passage, n)
        opening = opening and not any(each.has("self", "opening") for each in here)
    return found


_HE_SENDS: Final = re.compile(rf"(?i)\W*(?:and |so |but )?(?:he|she|they)(?:['’]s| is| was)?\b(?:\W+[\w'’]+){{0,5}}?\W+{SENDS}\b")


def _taken_up(found: list[Said], passage: Passage, n: int) -> list[Said]:
    """ "Dr. Adeyemi at Elmhurst. She's the one who said get therapy": what he or she does is said of the doctor before."""
    last = found[-1] if found else None
    if last is None or last.sentence not in (n - 1, n - 2) or not last.has("heals") or last.has("sends") or not _HE_SENDS.match(passage.text):
        return found
    return [*found[:-1], _plus(last, Clue("sends"))]


_OURS: Final = re.compile(r"\b(?:[Tt]his is|I['’]m|I am|[Mm]y name is|[Mm]y name['’]s|you['’]ve got|you have|you got|with|it['’]s|habla|atiende) ([A-Z][a-z]+)\b|\b([A-Z][a-z]+) (?:speaking|here)\b")


def _ours(agent: str) -> frozenset[str]:
    """Who answers for us: by which names they greet the caller, and any single name at the end of their first words."""
    first = agent.partition("\n")[0]
    named = {match[1] or match[2] for match in _OURS.finditer(agent[: max(len(first), 200)])}
    ends = re.findall(r"[,.] ([A-Z][a-z]+)[.!?,]?(?=\s*$|[.!?,] )", first)
    return frozenset(name for name in [*named, *ends] if not names.is_usual(name))


def _joined(here: list[Said], text: str) -> list[Said]:
    """ "Ximena, X-I-M-E-N-A, Benavides" is one name: the last stands behind the letters of the first."""
    made: list[Said] = []
    for each in here:
        gap = text[made[-1].end : each.start] if made else ""
        if made and " " not in made[-1].name and " " not in each.name and _GAP.search(gap) and len(gap.split()) <= _LETTERED and not re.search(r"[.!?;] *[a-z]|[A-Z]|\b(?:and|or|y|then)\b", gap) and not each.clues:
            made[-1] = replace(made[-1], name=f"{made[-1].name} {each.name}")
        else:
            made.append(each)
    return made


_GAP: Final = re.compile(r"[\s.,-]{6,}")
_LETTERED: Final = 4
"""Words and marks up to which nothing but letters that spell, and how ("with an X"), stands between two names."""


_OPENS: Final = 4
"""Sentences within which a caller says who they are without being asked."""


def without_letters(text: str) -> str:
    """`text` with letters that spell a name blanked, at the same length."""
    for span in names.spelled(text):
        text = text[: span.start] + re.sub(r"[^\s.,;!?]", " ", text[span.start : span.end]) + text[span.end :]
    return text


_BEGINS: Final = re.compile(r"(?:^|[.!?…]|\.\.\.)[\s\"“'‘(—–-]*$")


def _of_sentence(passage: Passage, text: str, n: int, opening: bool, lower: frozenset[str], ours: frozenset[str]) -> Iterator[Said]:
    for start, end, name in candidates(text):
        clues = list(around(text, start, end))
        before, behind = text[:start], text[end:]
        strong = any(clue.kind in ("self", "my kin", "kin", "heals", "his name", "case", "asked name") for clue in clues)
        if not strong and " " not in name and _BEGINS.search(text[:start]) and (not known(name) or name.lower() in lower):
            if not passage.first:
                continue
            clues = []
        if not strong and (_PLACE.search(before) or _STREET.match(behind) or passage.about(*_OF_COVER)):
            continue
        if any(match.start() < end and start < match.end() for match in payers.known_in(text)):
            continue
        if WHO_ANSWERS.search(text) and not any(clue.kind == "self" for clue in clues):
            clues, strong = [Clue("other", "who answers")], False
        its = bool(clues) and all(clue.kind in ("its", "greeted") for clue in clues)
        if opening and (not strong or its) and whose_name(passage.question) in (None, "own") and _FILLERS.fullmatch(_greetings_gone(before, ours)) and re.match(r"\s*(?:[.,;:!?–—-]|$|\s{3}|(?:from|with|at|over at|out at)\b)", behind):
            clues = [*(clue for clue in clues if clue.kind != "greeted"), Clue("opening")]
        if opening and not strong and (job := titles.job_in(behind[:60])) and re.fullmatch(r"\s*,\s+(?:(?:an?|one of the)\s+)?(?:[\w-]+\s+){0,2}", behind[: job.start()]):
            clues = [Clue("self")]  # "Liora Ben-Ami, scheduler for Dr. Whitfield"
        if re.fullmatch(r"\W{6,}", before) and re.match(r"\W*[A-Z]\W", passage.text) and " " not in name:
            clues.append(Clue("first"))  # "O-S-E-I, Kwame"
        titled = re.search(r"(?i)\b(mr|mrs|ms|miss|dra?|doctora?|señora?|sra?|mister)\b\.?\s+$", before)
        yield Said(name, passage, start, end, n, tuple(clues), titled[1].lower() if titled else "")


def _greetings_gone(before: str, ours: frozenset[str]) -> str:
    before = re.sub(r"[A-Z]\w+", lambda match: " " if match[0] in ours else match[0], before)
    return re.sub(r"(?i)\b(?:hi|hey|hello|good (?:morning|afternoon|evening)|morning|afternoon|evening|there|how are you|hola|buenos d[ií]as|buenas(?: tardes)?|everybody|folks|y'all|man|hon|honey|dear|young lady)\b(?:,? [A-Z]\w+(?=[,.!]))?", " ", before)


def candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """Words with capitals that may name somebody: no organization, no usual word."""
    for match in _NAME.finditer(text):
        if names.is_organization(match[0]) and len(match[0].split()) > 1:
            continue
        run: list[re.Match[str]] = []
        for word in [*re.finditer(r"\S+", match[0]), None]:
            if word is not None and not names.is_usual(word[0]) and not (word[0].isupper() and len(word[0]) in (2, 3, 4) and not known(word[0])):
                run.append(word)
                if not re.search(r"['’]s$", word[0]):
                    continue
            if run:
                yield from _whole(match.start(), run)
            run = []  # "Etienne's June": a name ends with whose it is


def _whole(at: int, run: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    while len(run) > 1 and len(run[-1][0].strip(".,")) == 1:
        run = run[:-1]
    while run and (run[-1][0].islower() or (run[0][0].islower())):
        run = run[:-1] if run[-1][0].islower() else run[1:]
    if not run:
        return
    if len(run) == 3 and run[0][0].strip(".,") == run[2][0].strip(".,"):
        run = run[1:]  # "Marchbanks... Odette Marchbanks"
    words = " ".join(word[0] for word in run).strip(" ,;:-.").removesuffix("'s").removesuffix("’s")
    if len(words) > 1 and names.is_name(words) and words not in LANGUAGES and words.lower() not in _PEOPLES:
        start = at + run[0].start()
        yield start, start + len(words), words


_PEOPLES: Final = frozenset("irish scottish mexican american cuban lebanese indian pakistani filipino colombian puerto rican nigerian ethiopian british canadian jewish catholic native navajo medicare internet facebook google amazon".split())


def known(name: str) -> bool:
    """Whether a word of a name is a common given or last name."""
    return any(word.lower() in given_names() or word.lower() in surnames() for word in re.findall(r"[^\W\d_]{2,}", name))


def _with_answers(here: list[Said], passages: Sequence[Passage], n: int, before: Sequence[Said]) -> list[Said]:
    """The names of a sentence with what they answer, where they are all that an answer says or what it begins with."""
    passage = passages[n]
    whose = whose_name(passage.question) if passage.question else None
    if here and not passage.first and not here[0].clues and n and " " in here[0].name and (kin := _KIN_BEFORE.match(passages[n - 1].text)):
        text = without_letters(passage.text)
        if _FILLERS.fullmatch(text[: here[0].start]) and re.match(r"\W*(?:$|[a-z, ]+\W*$)", text[here[0].end :]):
            return [_plus(here[0], Clue("kin", kin[1].lower())), *here[1:]]  # "Dad signed. Silas Redfern."
    if not here or whose is None or (passage.about("member", "insurance") and not passage.about("name", "patient name", "my name")):
        return here
    first = here[0]
    if whose == "doctor" and not any(_DENIED.search(passage.text[max(0, each.start - _NEAR_BY) : each.start]) for each in here):
        here = [_plus(each, Clue("asked doctor")) if each.has("heals") and not each.has("asked doctor") else each for each in here]
        first = here[0]
    text = without_letters(passage.text)
    led = bool(_FILLERS.fullmatch(text[: first.start]))
    alone = led and bool(_FILLERS.fullmatch(text[first.end :]))
    if not (led and (passage.first or alone)) or first.has("my kin", "self", "kin") or (whose != "doctor" and first.has("heals")):
        return here
    said_before = [each for each in before if each.sentence >= n - _AGAIN and each.has(*_ASKED.values()) and each.passage.question == passage.question]
    if not passage.first and not alone:
        return here
    if not passage.first and said_before and " " not in first.name:
        # "Thiago. With an H. Benavides."
        return [_plus(first, Clue("last")), *here[1:]] if not first.has("its") and " " not in said_before[-1].name and first.name != said_before[-1].name else here
    if whose == "contact" and " " not in first.name and not known(first.name):
        return here
    if whose == "patient" and (parent := _PARENT.search(passage.question)):
        return [_plus(first, Clue("asked parent", parent[1].lower())), *here[1:]]
    return [_plus(first, Clue(_ASKED[whose])), *here[1:]]  # type: ignore[arg-type]


_PARENT: Final = re.compile(r"(?i)\b(mom|mother|dad|father|parent|guardian|mamá|papá)['’]?s? (?:full |first |last )?name\b[^?]*\?\W*$")


_KIN_BEFORE: Final = re.compile(rf"(?i)\W*(?:(?:yes|yeah|sure|call|talk to|ask|her|his|their|the|it's|to|that'd be|no)\W+)*({OWN_WORD}|guardian|niece|nephew|aide)\b")
_DENIED: Final = re.compile(r"(?i)\b(?:not|no,? it|isn['’]t|wasn['’]t|n['’]t)\b[^.]*$")
_NEAR_BY: Final = 25
_AGAIN: Final = 3
_ASKED: Final[dict[Whose, str]] = {"patient": "asked patient", "own": "asked own", "name": "asked name", "doctor": "asked doctor", "contact": "asked contact"}


def _plus(said: Said, clue: Clue) -> Said:
    return replace(said, clues=(*said.clues, clue))
