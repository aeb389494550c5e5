"""Who is who in a text: who writes or calls, for whom, whom they name, who sent them. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from firstvisit.kernel.folding import folded
from firstvisit.reference.names import given_names, surnames
from firstvisit.steps.intake.understanding import titles
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import CREDENTIALS, NAME, TITLE
from firstvisit.steps.intake.understanding.values.people_words import (
    MY_RELATIVE,
    OWN_WORD,
    RELATIVE,
    RELATIVES,
    Relative,
)

Writer = Literal["patient", "relative", "professional", "organization"]
Role = Literal["patient", "self", "clinician", "relative", "name"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name somebody goes by in the text; `word` is the relative's word or the clinician's credential beside it, `at` the
    organization."""

    role: Role
    name: str
    passage: Passage
    start: int
    end: int
    rule: str
    word: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes or calls, and what they are to the patient: `relative` is the patient as they call them."""

    writer: Writer
    relative: Relative | None = None
    own: str | None = None
    """The writer's own word for themselves ("mother"), where they say it."""
    passage: Passage | None = None
    sure: bool = True


_I: Final = r"(?i:\b(?:my (?:full )?name(?:'s|’s| is)|name(?:'s|’s)|this is|i am|i'm|i’m|it's|it’s|me llamo|mi nombre es|soy|habla|you can call me|calling[,:] ?))"
_ORG_NAME: Final = r"((?:(?:St|Mt|Ft|Dr)\.\s)?[A-Z0-9][\w'’&.-]*(?:\s(?:(?:of|the|&|and|for|at|in|de|del|la)\s)*[A-Z0-9][\w'’&-]*(?:\.(?=\s[a-z])|)){0,6})"
_AT: Final = r"(?:,?\s*(?:\(|[-–|]\s*|(?i:(?:who(?:'s| is) )?(?:over |up |down |out )?(?:at|with|from|of|en|de))\s+(?i:the\s+|our\s+)?|,\s*))"
_RELATED: Final = rf"(?i:foster (?:mom|mother|dad|father|parent)|step-?(?:mom|mother|dad|father)|{RELATIVE}|parent|guardian|legal guardian|caregiver|aide)"
_SHAPES: Final[tuple[tuple[Role, re.Pattern[str], str], ...]] = (
    ("patient", re.compile(rf"(?=[A-Z][\w'’-]+ [A-Z])({NAME}),?\s+(?:is )?(?:a|an) (?:\w+ )?(?:\d+|[a-z]+)[- ](?:year|yr|month)s?[- ]old\b"), "said of the patient"),
    ("patient", re.compile(rf"({NAME}),?\s*(?:\(|,|-|–)?\s*(?i:(?:(?:a |an )?(?:\d+|\w+)[- ](?:year|month)s?[- ]old[^,.]{{0,20}},?\s*\(?|(?:age |aged )?\d{{1,3}}(?: ?y/?o)?[,;]?\s*\(?|(?:f|m|female|male)[,;]?\s*\(?)?(?:dob|d\.o\.b\.?|date of birth|birth ?date|born|nacid[oa]))\b"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:my|our|mi|nuestr[oa])\s+(?:[\w/-]+\s+){{0,3}}?(?:{RELATIVE})(?:'s name|’s name)?(?:\s+(?:is|named|called|is named|is called|se llama)|,|:|\(|\s)+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:patient|claimant|student|client|injured worker|worker|resident|employee|child|kid|paciente|estudiante|niñ[oa]|gentleman|lady|fellow|guy|man|woman|person|individual|one of (?:our|my) \w+)(?: of (?:mine|ours))?(?:'s name|’s name)?(?:\s+(?:is|named|called|would be|by the name of|se llama)|,|:)+\s+(?:a\s+)?)(?:{TITLE}\s+)?({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:patient|claimant|student|client|worker|resident|employee|child|son|daughter|mother|father|husband|wife|sister|brother|grandson|granddaughter|niece|nephew|paciente|estudiante|hij[oa]))\s+(?:{TITLE}\s+)?(?=[A-Z][\w'’-]+ [A-Z])({NAME})(?=\s*[,(;–-]|\s+(?:who|is|has|was|for|with|to|DOB|born)\b)"), "said of the patient"),
    ("patient", re.compile(rf"(?=[A-Z][\w'’-]+ [A-Z])({NAME})\s*\((?:age |aged )?(?:\d{{1,2}}|1[01]\d)(?: ?(?:yo|y/o|years? old|months?|mos?))?(?:,[^)]{{0,20}})?\)"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:mother|mom|father|dad|parent|guardian|grandmother|grandma|grandfather|granddaughter|grandson|daughter|son|wife|husband|sister|brother|caregiver|aunt|uncle|niece|nephew|mamá|madre|padre|hij[oa]|espos[oa]|niet[oa]|sobrin[oa])\s+(?:of|to|for|de)\s+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"({NAME})['’]s? (?i:mom|mother|dad|father|parent|wife|husband|daughter|son|granddaughter|grandson|niece|nephew|grandmother|grandma|guardian|sister|brother|aunt|caregiver)\b"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:his|her|their|the (?:patient|student|child|kid)'s|(?:child|son|daughter|husband|wife|mother|father|mom|dad)'s|su)\s+(?:full |first )?(?:name|nombre)(?:'s|’s| is| es|:)\s+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:information (?:you asked for )?(?:on|for|about)|refer(?:ring|red)?|referral (?:for|of|on|-|–|:|//)|evaluation (?:for|of)|eval (?:for|of)|orders? (?:for|on)|script for|regarding|re:?|on behalf of|to see|seen?|seeing|accepting|evaluating|introduc\w+|schedul\w+|appointment for|services for|therapy (?:order )?for|for|about)\s+)(?:a\s+|our\s+|patient\s+|student\s+)?(?:{TITLE}\s+)?({NAME})(?=\s*(?:[,.(;?]|$|\n|-|//|\bDOB|\bDOI|\bwho|\bis\b|\bwas\b|\bhas\b|\band\b|\bfor\b|\bto\b|\bwith\b|\bat\b|\bclaim\b))"), "named in a sentence"),
    ("patient", re.compile(rf"\b(?:a|for|of|see|Patient|patient|managing|following|with|that|evaluated|saw|treat|treating|refer|referring|know|introduce|send|sending|you)\s+(?:Mr|Mrs|Ms|Miss|Master)\.?\s+({NAME})"), "named in a sentence"),
    ("patient", re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Sra?)\.?\s+(?=[A-Z][\w'’-]+ [A-Z])({NAME})\s*(?=\(|,\s*(?:DOB|born|b\.|age|\d))"), "named in a sentence"),
    ("patient", re.compile(rf"({NAME}) is (?:only |just |now )?(?:\d{{1,2}})\b(?=\s*(?:[.,;(]|and|years|months|yo|y/o))"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:he|she)(?:'s|’s| is)\s+)({NAME})(?=\s*[.,;]|\s*$|\s+and\b)"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\bmy (?:\d+|\w+)[- ](?:year|month)s?[- ]old)(?:,|\s)+(?i:named |is |called )?({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?:^|\n)\s*(?=[A-Z][\w'’-]+ [A-Z])({NAME}),?\s*(?:[-–|(]\s*)?(?:(?:F|M|[Ff]emale|[Mm]ale),?\s+)?\(?(?=\d{{1,2}}[/-]\d{{1,2}}[/-](?:19|20)\d\d)"), "named in a sentence"),
    ("patient", re.compile(rf"(?i:\b(?:(?:ella|él|la ni[ñn]a|el ni[ñn]o|la beb[eé]|el beb[eé]|mi \w+) )?se llama\s+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?=[A-Z][\w'’-]+ [A-Z])({NAME}),?\s*\(?(?i:m|f|male|female|boy|girl)\)?,?\s*(?=(?:dob:? ?)?\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)?\d\d)"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:it's|it is|es|this is|that's)\s+(?:for|para|about)\s+)({NAME})"), "named in a sentence"),
    ("self", re.compile(rf"{_I}\s+(?:{TITLE}\s+)?({NAME})"), "said of oneself"),
    ("self", re.compile(rf"(?:^|[.!,]\s+|(?i:\b(?:hi|hello|hey|yes|yeah|morning|afternoon|evening|hola)\b[^.?!]{{0,14}}?,?\s+))({NAME})(?:,|\s)+(?i:here|speaking|calling)\b"), "said of oneself"),
    ("self", re.compile(rf"(?:^|[.!,]\s+)({NAME})(?i: is my name\b)"), "said of oneself"),
    ("patient", re.compile(rf"(?=[A-Z][\w'’-]+ [A-Z])({NAME}),?\s*\(?(?i:DOI|D\.O\.I\.?|DOL|date of (?:injury|loss)|MRN)\b"), "named in a sentence"),
    ("patient", re.compile(rf"(?:^|[.!?]\s+)(?i:(?:the )?(?:wife|husband|son|daughter|dad|mom|mother|father|grandma|grandpa|brother|sister))\s+({NAME})(?=\s+(?:had|has|is|was|needs?|fell|broke|just)\b)"), "said of the patient"),
    ("self", re.compile(rf"(?i:\b(?:it['’]?s|this is|that['’]?s)(?: just| only)? me,?\s+)({NAME})"), "said of oneself"),
    ("patient", re.compile(rf"(?=[A-Z][\w'’-]+ [A-Z])({NAME}),? (?:age |aged )?(?:[1-9]\d|10\d)(?=\s*(?:[.;)]|$|, (?:lives|who|is|has|was|had|needs)))"), "named in a sentence"),
    ("self", re.compile(rf"(?:^|[.!,]\s+|(?i:\b(?:hi|hello|hey|yes|yeah|morning|afternoon|evening|hola)\b[^.?!]{{0,14}}?,?\s+))(?=[A-Z][\w'’-]+ [A-Z])({NAME})(?:,|\s)+(?i:from|with)\b"), "said of oneself"),
    ("self", re.compile(rf"(?:^|[.!]\s+)(?:(?i:yes|yeah|okay|oh)\b,?\s+)?(?i:(?:good )?(?:hi|hello|hey|morning|afternoon|evening)\b)(?:\s+[A-Z]\w+)?,\s+({NAME}),\s+(?i:i'm|i am|i’m|i (?:manage|run|work|handle|own|direct|take care)|i've|the|from|with|at|a|an|our|owner|\w+ (?:manager|director|coordinator|planner|teacher|nurse|supervisor|therapist))\b"), "said of oneself"),
    ("self", re.compile(rf"(?i:\b(?:i'm|i am|i’m)\s+(?:a|an|the|his|her|their)\s+(?:\w+[ -]){{0,3}}?(?:mom|mother|dad|father|parent|guardian|nurse|planner|coordinator|teacher|manager|worker|director|adjuster|aunt|uncle|grandmother|grandma|grandpa|grandfather|sister|brother|wife|husband|daughter|son)),\s+({NAME})"), "said of oneself"),
    ("patient", re.compile(rf"(?i:\b(?:baby|infant|toddler|child|kid|boy|girl|little one|little man|son|daughter|student|patient)(?:'s|’s) (?:full |first )?name(?:'s|’s| is)\s+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\bthe (?:boy|girl|kid|child|baby|little one|little guy)(?:'s|’s| is)\s+)({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?i:\b(?:a|the|this|our|my)\s+(?:\w+ )?(?:gentleman|lady|patient|student|claimant|client|resident|worker)\s+)(?:{TITLE}\s+)?({NAME})"), "said of the patient"),
    ("patient", re.compile(rf"(?<!this is )(?<!I'm )(?<!name is )\b(?:Mr|Mrs|Ms|Miss|Master)\b\.?\s+(?=[A-Z][\w'’-]+ [A-Z])({NAME})"), "named in a sentence"),
    ("relative", re.compile(rf"\b({_RELATED})(?:'s name|’s name)?(?:\s+(?i:is|named|name is|called))?(?:,|:|\s)+(?i:is\s+)?(?:{TITLE}\s+)?({NAME})"), "said of the patient"),
    ("relative", re.compile(rf"({NAME})\s*(?:\(|,\s*)(?i:his |her |the |their )?({_RELATED})(?:\)|,|\.|;|\s*$|\s+at\b|\s*[-–])"), "said of the patient"),
)  # fmt: skip
_DOCTOR: Final = re.compile(rf"(?:\b(?i:dr|doctor|dra|doctora)\b\.?)\s+({NAME})(?:,?\s*({CREDENTIALS}))?")
_CREDENTIALED: Final = re.compile(rf"({NAME}),?\s+\(?({CREDENTIALS})\)?")
_TITLED: Final = re.compile(
    rf"(?i:\b(?:nurse practitioner|physician assistant|surgeon|pediatrician|neurologist|orthopedist|podiatrist|dermatologist|primary care(?: doctor| physician| provider)?|pcp|rheumatologist|oncologist|physiatrist|"
    rf"cardiologist|physician|provider|ordering|ordered by|referred by|(?<!are )(?<!am )(?<!is )(?<!be )(?<!['’]m )(?<!['’]re )(?<!writing )referring(?: provider| physician| doctor)?|doc|doctor|chiropractor|midwife|specialist|gynecologist|ob-?gyn|urologist|doctora|pediatra|cirujan[oa]|m[eé]dic[oa])(?:'s name)?(?:\s+(?:is|was|named|es|se llama|at \w+))?[,:]?\s+(?:is\s+|by\s+)?)({NAME})(?:,?\s+({CREDENTIALS}))?"
)
_OURS: Final = re.compile(r"\b(?:[Tt]his is|I'm|I am|I’m) ([A-Z][a-z]+)\b|\b([A-Z][a-z]+) (?:speaking|here)\b")
"""Who answers for us: the caller greets them by that name."""
_WORKS_AT: Final = re.compile(rf"{_AT}{_ORG_NAME}")


def mentions(told: Told) -> list[Mention]:
    """Every name in the text with the role its words give it; overlapping ones once, by the surer role first."""
    found: list[Mention] = []
    for passage in told.passages:
        found += _of_passage(passage)
    found += _above_birth(told)
    ours = {match[1] or match[2] for match in _OURS.finditer(told.agent)}
    return [mention for mention in found if mention.name not in ours]


_BIRTH_LINE: Final = re.compile(r"(?i)\W*(?:d\.?o\.?b\b|date of birth|born|birth ?da(?:te|y)|nacid[oa]|naci[oó]|fecha de nac)")
_NAME_FIRST: Final = re.compile(rf"\W*({NAME})\s*(?:$|[,(–-]|\n)")


def _above_birth(told: Told) -> Iterator[Mention]:
    """A name that begins the line above the birth date: "Randall Eskola, goes by Randy" over "dob 1/22/1981"."""
    if told.channel == "phone" or any(p.zone == "label" and p.about("patient name", "name", "first") for p in told.passages):
        return
    for above, passage in itertools.pairwise(told.passages):
        if not (passage.about("dob") or _BIRTH_LINE.match(passage.text)) or above.zone != "text" or len(above.text) > _LONGEST_LINE:
            continue
        match = _NAME_FIRST.match(above.text)
        name = names.trimmed(match[1]) if match else ""
        if match and " " in name and names.is_name(name):
            start = above.text.find(name)
            yield Mention("patient", name, above, start, start + len(name), "said of the patient")


_LONGEST_LINE: Final = 80


def _of_passage(passage: Passage) -> Iterator[Mention]:
    text = passage.text
    taken: list[tuple[int, int]] = []
    for mention in (*_clinicians(passage), *_others(passage)):
        if not any(start < mention.end and mention.start < end for start, end in taken):
            taken.append((mention.start, mention.end))
            yield mention
    if not text.strip():
        return


def _clinicians(passage: Passage) -> Iterator[Mention]:
    text = passage.text
    for shape in (_DOCTOR, _CREDENTIALED, _TITLED):
        for match in shape.finditer(text):
            name, behind = names.without_credentials(names.trimmed(match[1]))
            if not name or not names.is_name(name):
                continue
            if shape is _CREDENTIALED and re.match(r"\W*\d{5}\b", text[match.end() :]):
                continue  # "Silver Spring, MD 20901"
            if shape is _CREDENTIALED and (len(name.split()) < 2 or (passage.zone in ("label",) and passage.about("insurance", "member"))):
                continue
            start = max(text.find(name, match.start(1)), match.start(1))
            if re.search(r"(?i)\b(?:i'm|i am|this is|i’m|my name is)\s*$", text[: match.start()]):
                yield Mention("self", name, passage, start, start + len(name), "said of oneself", match[2] or ("MD" if shape is _DOCTOR else ""), workplace(text, match.end()))
                continue
            yield Mention("clinician", name, passage, start, start + len(name), "named in a sentence", (match[2] or behind).strip(), workplace(text, match.end()))


def workplace(text: str, at: int) -> str:
    """The organization right behind a clinician's name: "at Willow Creek Pediatrics", "(Mission Hand)"."""
    tail = re.sub(r"^(?:\s*,?\s*(?:he's|she's|who is|the|my|his|her|an?|NPI:? ?\d{10},?|\(NPI:? ?\d{10}\),?)*\s*(?:neurologist|surgeon|orthopedics|orthopedist|pediatrician|sports medicine|hand surgeon|neurology|pediatrics|cardiology|ENT|rheumatology|podiatry)?(?=,| at| with| of|\s*\())", "", text[at : at + 140])
    tail = re.sub(r"^[\s,]*\(?NPI:?\s*\d{10}\)?[\s,]*", ", ", tail)
    tail = re.sub(r"^[\s,.]*[A-Z](?:[- ,]+[A-Z])+\b[.,]?\s*", ", ", tail)  # the letters of the name
    match = _WORKS_AT.match(tail)
    if not match:
        return ""
    name = match[1].strip(" .,")
    name = re.split(r"\s+(?:NPI|Phone|Fax|Tel|Ph|She|He|They|DOB|I|We|Dx|ICD)\b", name)[0]
    spoken = re.match(r"(?i),?\s*\(|,?\s*(?:who(?:'s| is) )?(?:over |up |down |out )?(?:at|with|from|of|en)\b", match[0])
    if re.fullmatch(r"(?:ENT|PCP|OB|GI|PM&R|Ortho|Neurology|Orthopedics|Cardiology|Pediatrics|Oncology|Urology|Podiatry)", name):
        return ""
    if re.match(r"(?i)(?:dr|doctor)\b", name):
        return ""
    if names.is_organization(name) or (spoken and len(name.split()) >= 2 and not re.match(r"(?:Medicare|Medicaid|Monday|January|March|April|May|June|July)", name)):
        return name
    return ""


def _others(passage: Passage) -> Iterator[Mention]:
    text = names.without_nickname(passage.text)
    for role, shape, rule in _SHAPES:
        for match in shape.finditer(text):
            group = 2 if role == "relative" and shape.pattern.startswith(r"\b(") else 1
            name = names.without_credentials(names.trimmed(match[group]))[0]
            inverted = re.match(rf",\s*({NAME})(?=\s*(?:$|\n|[-/(|;]))", text[match.end(group) :])
            if inverted and passage.zone == "subject" and " " not in name and names.is_name(inverted[1]):
                yield Mention(role, f"{inverted[1]} {name}", passage, match.start(group), match.end(group) + inverted.end(), rule)
                continue
            if not name or not names.is_name(name) or people_words.RELATIVES.get(name.lower()):
                continue
            if " " not in name and name.isupper() and len(name) > 3 and text.isupper():
                continue  # one word of a sentence in capitals
            start = max(text.find(name, match.start(group)), match.start(group))
            if role == "self" and match[0].lower().startswith(("it's", "it’s")) and passage.first and passage.about("patient name"):
                yield Mention("patient", name, passage, start, start + len(name), "said of the patient")
                continue
            if role == "self" and (again := re.match(rf",\s*({re.escape(name)}\s+[A-Z][\w'’-]+)", text[start + len(name) :])):
                yield Mention(role, again[1], passage, start, start + len(name) + again.end(), rule)
                continue
            if match[0].lower().startswith(("it's", "it’s")) and ((passage.zone == "answer" and not (passage.first and passage.about("name", "my name", "patient name"))) or passage.about("insurance", "member", "address") or names.is_organization(name)):
                continue
            if role == "self" and match[0].lower().startswith(("it's", "it’s")) and re.match(r", [A-Z][\w'’-]+\W*$", text[start + len(name) :]):
                continue  # "It's Fitzgerald, Bronwyn.": the last name first
            if name.lower() in ("officer", "manager") or re.fullmatch(r"(?i)(?:officer manager|office manager).*", name):
                continue
            if re.search(r"(?i)\bdr\.?\s+$|\bdoctor\s+$", text[:start]):
                continue
            word = match[1 if group == 2 else 2] if role == "relative" else ""
            if role == "patient" and re.match(r"(?i)(?:his|her|their|su)\b", match[0]) and (official := _OFFICIALS.search(text[max(0, match.start() - 90) : match.start()])) and not re.search(rf"(?i)\b(?:my|our) (?:{RELATIVE})\b", text[: match.start()]):
                if _HEALS.fullmatch(official[0]):
                    yield Mention("clinician", name, passage, start, start + len(name), "named in a sentence", official[0].upper() if official[0].lower() in ("pa", "np", "md") else "", workplace(text, official.end()))
                continue
            if role == "patient" and re.match(r"(?i)(?:his|her|their)\b", match[0]) and (kin := re.search(rf"(?i)\b({RELATIVE}|caregiver|aide)\b[^.]{{0,90}}$", text[: match.start()])) and not re.search(rf"(?i)\bmy (?:\w+ )?{kin[1]}\b", text):
                yield Mention("relative", name, passage, start, start + len(name), rule, kin[1].lower())
                continue
            if role == "patient" and rule == "said of the patient" and (relative := re.search(rf"(?i)\b({RELATIVE})\b(?!\s+(?:of|to|for|de)\b)", match[0][: start - match.start()])):
                word = relative[1].lower()
            if role == "patient" and rule == "named in a sentence" and not _is_plainly_somebody(text, match.group(0), name, match.end(group)):
                rule = "some of its words"
            yield Mention(role, name, passage, start, start + len(name), rule, word.lower())


def _is_plainly_somebody(text: str, words: str, name: str, end: int) -> bool:
    """Whether words with capitals behind "for", "about" and the like name a person: by a title, a known given name, or an age,
    sex or birth date behind them; else it may be a place, a house or a brand."""
    if " " not in name or re.search(names.TITLE, words) or re.match(r"\W*(?:\(|DOB|dob|born|\d)", text[end:]):
        return True
    return folded(name.split()[0].rstrip(".")) in given_names() or folded(name.split()[-1]) in surnames()


_PROFESSIONAL: Final = re.compile(
    r"\b(?:(?:i'm|i am|i’m|this is|here is|my name is)\b[^.?!]{0,60}\b(?:case manager|adjuster|discharge (?:planner|coordinator)|social worker|(?:care|referral|patient|intake) coordinator|referrals|navigator|"
    r"special ed\w*|school psychologist|counselor|resource teacher|special education|scheduler)|referrals? (?:desk|department|team|coordinator)|(?:this is|i'm|i am|i’m) (?:dr|doctor)\b|send(?:ing)? (?:you |over |you over )?(?:a|an) (?:new )?(?:patient|referral|client)\b|new (?:patient|referral) for you|(?:i'd|i would|we'd|we would) like to send you|(?:hr|human resources|safety|risk) (?:manager|director|coordinator|generalist)|calling from (?!my|work|home|a\b|out)(?-i:(?:the )?[A-Z][\w.'’]+(?: [A-Z][\w.'’]+){1,4})|(?:this is|from|with|at) (?:dr|doctor)\.? [\w'’-]+(?: [\w-]+)?['’]s office|from the (?:office|clinic|practice) of|(?:director|coordinator|supervisor) of (?:special|student|pupil|exceptional)|school district would like|one of (?:our|my) (?:\w+ graders?|employees|engineers|workers|drivers|technicians|patients|students|clients|staff|residents|nurses|members)|(?:our|the|my) (?:student|patient|claimant|client|resident)\b(?! (?:portal|plan|health|insurance|loan|union|services|care|advocate))|claimant|injured worker|"
    r"please (?:see|find|accept|schedule|evaluate|eval)\b[^.]{0,40}(?:referral|patient|below|attached|order)|(?:i|we)(?:'d| would|'m| am|'re| are)? (?:like to |writing to |calling to )?(?:refer(?:ring)?)\b(?! (?:me|my|to))|"
    r"new (?:wc |pt |ot )?referral\b|referral (?:-|–|//|:) ?(?-i:[A-Z])|(?:have|got) an? (?:\w+ )?(?:referral|patient|student|gentleman|lady|worker|second grader|\w+ grader)\b(?! (?:from|for (?:me|my|PT|OT|physical|speech|occup)))|"
    r"(?:i'm|i am|this is)[^.]{0,50}\b(?:nurse|teacher|principal|counselor|medical assistant|office manager|physician|coordinator|planner|therapist at|from (?:dr|the office)|with (?:dr))|"
    r"(?:checking|confirm\w*|make sure|see if) [^.]{0,25}(?:got|received) (?:our|my|the) (?:fax|referral|order)|student:|referring provider|referral portal|dear colleagues?|colleagues,|"
    r"i would appreciate an?|thank you for seeing|kindly (?:see|evaluate)|(?:two|three|2|3|\d) (?:new )?(?:referrals|for you today)|school referral|we treat (?:his|her|their)|(?:OT|PT|SLP|therapy) order for:?|orders? for\b(?=[^.]{0,30}\b(?:patient|Mr|Mrs|Ms|[A-Z]\.))|independent (?:\w+[- ])?evaluation at district)",
    re.IGNORECASE,
)  # fmt: skip
_ORGANIZATION: Final = re.compile(
    r"\b(?:contract (?:provider|PT|OT|SLP|therap\w+|group|services)|(?:on[- ]?site|in[- ]?house) (?:PT|OT|therap\w+|screening|testing|services|ergonomic|post|wellness|class\w*|training)|rate sheet|hourly rate|per[- ]diem rate|staffing (?:need|contract|for our)|"
    r"(?:our|(?:about|approximately|around|some|over) (?:\w+ ){1,2}?|\d+) ?(?:residents|employees|workers|students|staff|members|seniors|associates|kindergart\w+|children|kids|athletes|drivers|tenants)|screenings? (?:for|of|at) (?:our|about|all|the|\d)|our (?:warehouse|facility|facilities|plant|company|campus(?:es)?|team|workforce|athletes)|proposal|request for (?:proposal|quote)|\bRFP\b|lunch[- ]and[- ]learn|please quote|a quote|"
    r"corporate wellness|provide (?:screenings?|services|therapy) (?:to|for|at) our|memorandum|vendor agreement|partner with (?:you|your)|next (?:quarter|school year|fiscal))",
    re.IGNORECASE,
)  # fmt: skip
_I_HAVE: Final = re.compile(
    r"\b(?:i(?:(?:'ve|’ve| have)(?! (?:got )?(?:two|three|\d|them|him|staff|a patient|a student|a resident|a client))| had| hurt| broke| tore| need| was| fell| got| just had| injured| burned| popped| twisted| pulled| smashed| started| stutter| leak|'m having|'d like| want| would like|'m recovering| can't|'m scheduled| am scheduled)\b|"
    r"my (?:knees?|back|shoulders?|neck|hands?|wrists?|hips?|foot|feet|ankles?|elbows?|jaw|ribs?|legs?|arms?|thumbs?|finger|voice|speech|balance|surgery|surgeon|doctor|pcp|arm|leg|left|right|pelvic|stutter\w*|neurologist|podiatrist|rheumatologist|insurance)\b|"
    r"prescrib\w+ for me|for myself|referred by my|referred me|sent me|tengo|me duele|necesito|me operaron)", re.I
)  # fmt: skip
_FOR_RELATIVE: Final = re.compile(
    rf"\b(?:(?:calling|call|writing|reaching out|set (?:something|it|this) up|sign\w* up|inquiring|asking|looking|here|appointment|appt|evaluation|therapy|therapist|\w+ therapist|help|services|lead|needed|OT|PT|speech|form|filled|submitted|request|it'?s|this is|llamo|es)\b[^.?!]{{0,45}}?(?:about|for|regarding|on behalf of|to get|por|para)\s+|\b(?:get|getting|bring|bringing|sign|have|schedule|enroll)\s+|\bes para\s+|^\s*|[.!?]\s+|\bhi,? |\bhello,? |\bso,? |\bthat |\bbecause |\band |\bpatient:? )(?:my|our|mi|nuestr[oa])\s+(?:[\w/-]+\s+){{0,3}}?({RELATIVE}|(?:\w+)[- ](?:year|month)s?[- ]old)\b(?!['’]s\s+(?!(?:been|got|had|just|now|about|never|still|always|not|name|\w+ing\b|\d|\w+ (?:months?|years?|weeks?)\b|in\b|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)))",
    re.IGNORECASE,
)
_I_AM: Final = re.compile(
    rf"\b(?:i'm|i am|i’m|soy|this is|it's|it’s|me,)\s+(?:actually |also |just |(?-i:[A-Z]\w+),? |(?-i:[A-Z]\w+ [A-Z]\w+),? )?(?:(?:his|her|the|their|a|an|la|el|his legal|her legal|the patient's|also|(?-i:(?:[A-Z]\w+ )?[A-Z]\w+)['’]s)\s+)?({OWN_WORD})\b(?! (?:is|was|has|had|said|needs|in law|works|can))", re.I
)
_YES_TO: Final = re.compile(rf"\byou(?:'re| are|’re)? (?:(?:his|her|the|their)\s+)?({OWN_WORD})\b", re.I)


def writing(told: Told) -> Writing:
    """Who writes; who calls is told by `cast`. A label that says so counts first, then what professionals and organizations say, then for whom
    somebody says they ask. In what is written, of whom most is told settles what single words leave open."""
    if told.by_office:
        return Writing("professional")
    for passage in told.passages:
        if passage.about("relationship") and (stated := _stated(passage)):
            return stated
    for passage in told.passages:
        if passage.about("patient name") and passage.zone == "label" and (match := re.search(rf"\b(?:my|mi)\s+(?:[\w-]+\s+){{0,2}}?({RELATIVE})\b", passage.text, re.I)):
            return _by_relative(told, match[1].lower(), passage)
    words = told.words
    named = _named_patients(told)
    organization = _ORGANIZATION.findall(words)
    relative, own = _relative_at(told), _own_word(told)
    if organization and not named and relative is None and own is None:
        return Writing("organization")
    professional = _PROFESSIONAL.search(words)
    labelled = any(p.zone == "label" and p.question and re.search(r"(?i)referring|student|claimant|injured worker|facility", p.question) for p in told.passages)
    if labelled and any(p.zone == "label" and re.search(r"(?i)^(?:referring (?:provider|physician|md|clinician)|referring|facility)", p.question) for p in told.passages):
        return Writing("professional")
    mine = _I_HAVE.search(words)
    about = spoken_of(told)
    if about.self_only and mine and not named_another(told) and not any(m.role == "patient" and m.word for m in mentions(told)):
        # "I'm a music teacher, my voice is gone": their own work, and relatives they only mention, are about themselves.
        of_oneself = bool(professional) and not _SENDS.search(words)
        if of_oneself or (relative and own is None and about.first >= 4):
            return Writing("patient")
    if professional and not (relative and relative[0] < professional.start()) and not (mine and mine.start() < professional.start()):
        return Writing("professional", sure=True)
    labelled = labelled or (relative is None and any(p.zone == "label" and _OFFICE_LABEL.fullmatch(p.question.strip(" _.:-").replace("_", " ")) for p in told.passages))
    if labelled and not relative:
        return Writing("professional")
    if relative and (mine is None or relative[0] <= mine.start() + 60 or own):
        return _by_relative(told, relative[1], relative[2], own)
    if own and own not in ("spouse", "child", "sibling", "partner", "friend"):
        return Writing("relative", None, own)
    if told.sender_name and professional is None and mine is None and _office(told):
        return Writing("professional")
    if (settled := _written(told, about, mine is not None)):
        return settled
    if mine is None and _signed_by_credential(told):
        return Writing("professional")
    if mine is None and (child := _child_words(told)) and any(p.about("patient name") for p in told.passages):
        return Writing("relative", RELATIVES.get(child), own, sure=False)
    if mine is None and _speaks_of_another(told):
        return Writing("relative", None, own, sure=False)
    return Writing("patient", sure=mine is not None or ((told.channel == "web" or _OF_ME.search(words) is not None) and _of_oneself(words)))


def _written(told: Told, about: SpokenOf, mine: bool) -> Writing | None:
    """Who writes a letter or a form in which nobody says it outright: somebody of an office by their title, a relative by whom
    they speak of, else the patient; None where it is open."""
    another = named_another(told)
    if (titles.signed(told) or another == "stranger") and not mine and about.first <= about.third + 2:
        return Writing("professional", sure=titles.signed(told) or _clinical_labels(told) >= 2)
    spoken = next(((match[1].lower(), p) for p in told.passages if p.zone != "signature" and (match := MY_RELATIVE.search(p.text)) and match[0].lower().startswith(("my", "our", "mi", "nuestr"))), None)
    if spoken and about.third >= 2 and about.third >= about.first:
        return _by_relative(told, *spoken)
    if spoken is None and another is None and told.channel == "email" and about.third == 0 and told.sender_name:
        return Writing("patient")
    if another is None and about.first >= 2 and about.third * 3 <= about.first:
        return Writing("patient")
    return None


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """How often a text says I and how often he or she, outside of sentences about doctors, teachers and the like."""

    first: int
    third: int

    @property
    def self_only(self) -> bool:
        """Whether the text speaks of nobody but its writer."""
        return self.third == 0 or self.first >= 5 * self.third


_FIRST_PERSON: Final = re.compile(r"(?<![\w'’])(?:I(?:['’](?:m|ve|d|ll))?|i(?:['’](?:m|ve|d|ll))|me|my|mine|myself|yo|mi|me|tengo|necesito|quiero|puedo|soy|estoy)(?![\w'’])")
_SMALL_I: Final = re.compile(r"(?<![\w'’.])i(?![\w'’.])")
_THIRD_PERSON: Final = re.compile(r"(?<![\w'’])(?:he|she|him|her|his|hers|himself|herself|(?:he|she)['’](?:s|d|ll)|él|ella|tiene|necesita|puede|camina|habla)(?![\w'’])", re.I)
_OFFICIALS: Final = re.compile(r"(?i)\b(?:dr|doctor|dra|doctora|surgeon|physician|pcp|pa|np|midwife|teacher|therapist|nurse|adjuster|neurologist|pediatrician|chiropractor|coach|boss|manager|lawyer|specialist|counselor|ortho\w*|médic[oa])\b")


_HEALS: Final = re.compile(r"(?i)dr|doctor|dra|doctora|surgeon|physician|pcp|pa|np|midwife|neurologist|pediatrician|specialist|ortho\w*|médic[oa]")


def spoken_of(told: Told) -> SpokenOf:
    """Counts of who is spoken of in the sentences of a letter or form."""
    first = third = 0
    for passage in told.passages:
        if passage.zone in ("signature", "subject") or (passage.zone == "label" and not passage.about("prose") and passage.asked):
            continue
        text = MY_RELATIVE.sub(lambda match: match[0].split()[-1], passage.text)
        first += len(_FIRST_PERSON.findall(text)) + len(_SMALL_I.findall(text))
        third += 0 if _OFFICIALS.search(text) else len(_THIRD_PERSON.findall(text))
    return SpokenOf(first, third)


_SENDS: Final = re.compile(r"(?i)\b(?:our|my) (?:patient|student|client|resident|claimant)s?\b|\brefer(?:ring)? (?!me\b|my\b|to\b)|\bclaimant\b|injured worker|\bDOB\b|date of birth")


def named_another(told: Told) -> str | None:
    """Whether a label names a patient who is not whoever sent the text: "relative" where both share a last name, "stranger"
    where they share none, None where they may be one."""
    sender = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"\(.*?\)", "", told.sender_name or ""))}
    if len(sender) < 2:
        signed = next((m[1] for p in told.passages if p.zone == "signature" and (m := re.match(rf"\s*({NAME})", p.text))), "")
        sender = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", signed)}
    if len(sender) < 2:
        return None
    for passage in told.passages:
        if passage.zone == "label" and passage.about("patient name", "name"):
            named = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", passage.text)}
            if len(named) >= 2:
                shared = sender & named
                return None if len(shared) >= 2 or len(sender - named) == 0 else "relative" if shared else "stranger"
    return None


def _clinical_labels(told: Told) -> int:
    """How many kinds of labels stand in a text that offices write and families do not."""
    return len({topic for p in told.passages if p.zone == "label" for topic in p.asked & {"codes", "npi", "claim", "member", "authorization", "frequency", "group", "event", "referrer"}})


_OF_ANOTHER: Final = re.compile(r"\b(?:he|she|his|hers?|him|he's|she's|guys|kids|twins|residents|students|patients|employees)\b", re.I)
_OF_ME: Final = re.compile(r"\b(?:I|I'm|I've|I'd|i'm|i've|me|my|myself|mine|yo|mi|soy|tengo)\b")
_OFFICE_LABEL: Final = re.compile(
    r"(?i)practice|submitting (?:office|practice|provider)|sent by|ordering provider|(?:provider |practice )npi|from facility|attending(?: physician)?|clmt|"
    r"pt (?:first|last|dob|name|sex|cell|phone)|adjuster(?: (?:phone|name|email|fax))?|insurer ?/ ?tpa|provider"
)
"""Labels of forms that offices and insurers fill in about somebody else."""


def _of_oneself(words: str) -> bool:
    """Whether somebody speaks of nobody else, or of themselves as often as of a doctor they call he or she."""
    return not MY_RELATIVE.search(words) and len(_OF_ANOTHER.findall(words)) <= len(_OF_ME.findall(words))


def _speaks_of_another(told: Told) -> bool:
    """Whether the patient is named as somebody else than who writes: "this is Michael Dunne, about one of my parishioners"."""
    found = mentions(told)
    selves = {word.lower() for mention in found if mention.role == "self" for word in mention.name.split()}
    others = [mention for mention in found if mention.role == "patient" and mention.rule == "said of the patient"]
    return bool(selves) and any(selves.isdisjoint(word.lower() for word in mention.name.split()) for mention in others)


def _stated(passage: Passage) -> Writing | None:
    """From a label such as "I am a: Parent / caregiver" or "Who needs therapy? My spouse"."""
    text = passage.text.strip().lower()
    if re.search(r"\b(?:self|myself|me|patient|yo|the patient|mí|paciente|i am the patient)\b", text) and not re.search(r"my patient|not", text):
        return Writing("patient", passage=passage)
    if re.search(r"physician|provider|doctor|clinic|case manager|school|therapist|referral|teacher|nurse|adjuster|professional", text):
        return Writing("professional", passage=passage)
    if re.search(r"employer|company|organi[sz]ation|business", text):
        return Writing("organization", passage=passage)
    if match := re.search(rf"\b(?:my|mi)\s+(?:\w+\s+)?({RELATIVE})\b", text):
        return Writing("relative", RELATIVES[match[1].lower()], None, passage)
    asks_for_whom = re.search(r"who|for", passage.question, re.I)
    if asks_for_whom and (match := re.fullmatch(rf"(?:a |an |my |the )?({RELATIVE})\b.*", text)) and "relationship" not in passage.question.lower():
        return Writing("relative", RELATIVES[match[1].lower()], None, passage)
    if match := re.search(rf"\b({OWN_WORD}|relative|family)\b", text):
        own = people_words.own_relationship(match[1])
        return Writing("relative", None, own, passage)
    return None


def as_relative(told: Told) -> Writing:
    """The writing of somebody who writes for a relative, as far as the text says for whom."""
    asked_for = _relative_at(told)
    if asked_for is not None:
        return _by_relative(told, asked_for[1], asked_for[2])
    for passage in told.passages:
        if passage.zone != "signature" and (match := MY_RELATIVE.search(passage.text)) and re.match(r"(?i)(?:my|our|mi|nuestr)", match[0]):
            return _by_relative(told, match[1].lower(), passage)
    return Writing("relative", None, _own_word(told))


def _by_relative(told: Told, word: str, passage: Passage, own: str | None = None) -> Writing:
    return Writing("relative", RELATIVES.get(word.lower()), own or _own_word(told), passage)


def _relative_at(told: Told) -> tuple[int, str, Passage] | None:
    """The relative somebody asks for: where in all words, the word, and the passage."""
    at = 0
    for passage in told.passages:
        text = passage.text
        match = _FOR_RELATIVE.search(text)
        if match and not re.search(r"(?i)^\W*(?:can|will|could|is going to|'s work|drives?|works|has the baby|told|said|suggested|recommended|found|referred me|loved|came to you|used to|passed|'s insurance)\b", text[match.end() :]):
            word = match[1].lower()
            return at, "child" if re.search(r"old$", word) else word, passage
        young = re.search(r"(?i)\b(?:we|i)(?:'ve|’ve| have)(?: got)? an? [\w-]+[- ](?:year|month|week)s?[- ]old\b(?! (?:patient|student|client|house|car|knee|hip))", text)
        if young and not _PROFESSIONAL.search(told.words):
            return at, "child", passage
        many = re.search(r"(?i)\b(?:we|i)(?:'ve|’ve| have)(?: got)? (?:two|three|four|twins|[\w-]+[- ]old twins|\d)\b ?(?:\w+ ){0,2}?(?:kids|boys|girls|children|sons|daughters|twins)?\b", text)
        if many and re.search(r"(?i)kids|boys|girls|children|sons|daughters|twins", many[0]) and not _PROFESSIONAL.search(told.words):
            return at, "child", passage
        own = re.search(rf"\b(?:mother|mom|father|dad|parent|guardian|grandmother|wife|husband|daughter|son)\s+of\s+(?!a\b|the\b|two|three)({NAME})", text)
        if own:
            return at, {"mother": "child", "mom": "child", "father": "child", "dad": "child", "parent": "child", "guardian": "ward", "grandmother": "grandchild", "wife": "husband", "husband": "wife", "daughter": "mother", "son": "father"}[own[0].split()[0].lower()], passage
        at += len(text) + 1
    return None


def _own_word(told: Told) -> str | None:
    """What the writer calls themselves toward the patient, says yes to, or is called in the transcript."""
    if told.speaker and (called := people_words.own_relationship(told.speaker)):
        return called
    for passage in told.passages:
        if (match := _I_AM.search(passage.text)) and not (match[1][:1].isupper() and re.match(r"\s+[A-Z]", passage.text[match.end() :])):
            return people_words.own_relationship(match[1])
        if passage.about("my name") and (match := _YES_TO.search(passage.question)) and re.match(rf"\W*(?:yes|yeah|yep|correct|right|uh-huh|sí|i am|that's right|(?:his |her |the )?{re.escape(match[1])})\b", passage.text, re.I):
            return people_words.own_relationship(match[1])
        if passage.about("parent relationship") and (match := re.search(rf"\b({OWN_WORD})\b", passage.text, re.I)):
            return people_words.own_relationship(match[1])
        if passage.about("my name", "name") and passage.zone == "label" and (match := re.search(rf"(?:[,(|/–-]\s*)(?:his |her |the |their )?({OWN_WORD})\b(?=\s*(?:[),|/–-]|$))", passage.text, re.I)):
            return people_words.own_relationship(match[1])
        if passage.about("relationship", "my name") and (match := re.match(rf"\W*(?:I'm |his |her |the |their |yes,? |no,? )*({OWN_WORD})(?:[.,!?]|\s*$)", passage.text, re.I)):
            return people_words.own_relationship(match[1])
    return None


def _named_patients(told: Told) -> bool:
    return any((passage.about("patient name") and passage.zone == "label") or re.search(r"\bDOB\b|date of birth|\bborn\b", passage.text, re.I) for passage in told.passages)


def _office(told: Told) -> bool:
    """Whether the sender's name or address is an office's."""
    name, address = told.sender_name or "", (told.sender_email or "").partition("@")[0]
    return names.is_organization(name) or bool(re.search(r"\b(?:dr|md|np|rn|referrals?|intake|office|front desk|records|scheduling|patient access)\b", name, re.I) or re.fullmatch(r"(?:referrals?|office|frontdesk|front\.desk|access|intake|orders|scheduling|admin|info|clinic|fax)\d*", address, re.I))


def _signed_by_credential(told: Told) -> bool:
    return any(passage.zone == "signature" and _CREDENTIALED.search(passage.text) for passage in told.passages)


def _child_words(told: Told) -> str | None:
    for passage in told.passages:
        if match := MY_RELATIVE.search(passage.text):
            return match[1].lower()
    return "child" if any(re.search(r"child", passage.question, re.I) for passage in told.passages) else None
