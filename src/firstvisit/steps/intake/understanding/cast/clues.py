"""What the words around a name say of whoever bears it. Pure.

A name stands behind a head ("my son", "the patient's name is", "doctor") or before one (", my son", ", the surgeon"), or is the
subject of what follows ("has had a stroke", "wrote the order"). Each such thing is one clue; whose role it speaks for is
decided in `roles`, over all names and sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from firstvisit.steps.intake.understanding.cast.words import AILS, BYGONE, CASES, HEALERS, OFFICIALS, SENDS
from firstvisit.steps.intake.understanding.values.names import CREDENTIALS
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE, role_of

Kind = Literal[
    "self", "opening", "its", "my kin", "kin", "kin of", "case", "his name", "for", "born", "ails", "heals", "sends", "other", "greeted", "reach",
    "asked patient", "asked own", "asked name", "asked doctor", "asked contact", "asked parent", "last", "first", "titled",
]  # fmt: skip


class Clue(NamedTuple):
    """One thing said of whoever bears a name; `word` is the word for them ("mother", "surgeon", "RN")."""

    kind: Kind
    word: str = ""


_FILL: Final = r"(?:(?:um+|uh+|er|like|well|so|oh|actually|you know|eh|este)\b,?\s*)*"
_LINK: Final = rf"(?:\s|,|:|\(|-|–|—|\"|\.\.\.|…|['’]s\b|\b(?:is|was|are|named|called|would be|be|es|se llama|llamad[oa]|name(?:['’]s)?|nombre|by the name of|goes by|full|first|here|there|she is|he is|he['’]s|she['’]s|it['’]s|um+|uh+|and|y)\b)*{_FILL}$"
_KIN: Final = rf"(?:{RELATIVE}|folks)"
_ANY_KIN: Final = rf"(?:{OWN_WORD}|{RELATIVE}|parent|guardian|caregiver|aide|cousin|in-law)"
_SELF: Final = re.compile(
    rf"(?i)(?:\b(?:my (?:full |first |last )?name(?:['’]?s| is)|this(?: here)? is|(?<!that )i am|i['’]?m|you can call me|call me|me llamo|mi nombre es|soy|les? habla|habla|you['’]ve got|you got))\s+{_FILL}(?:also |just |still )?$|\bthis is (?-i:(?!(?:for|about|my|his|her|the|not|a|an|our|regarding|to|on|in|with|from|your|really|so|very|just)\b)[a-z]+) $"
)
_NAME_IS: Final = re.compile(rf"(?i)(?:^\W*|[.!,] )(?:and |so |the |uh |um )*(?:full )?names?(?:['’]?s| is|:)?\s+{_FILL}$")
_PART_NAME: Final = re.compile(rf"(?i)\b(?:first|last|family|given)(?: name)(?:['’]?s| is|:|,)?\s+(?:is )?{_FILL}$")
_ITS: Final = re.compile(rf"(?i)\b(?:it['’]?s|it is|es)\s+{_FILL}$")
_SELF_BEHIND: Final = re.compile(r"(?i)^,?\s+(?:here\b(?! (?:is|was|in|at|on|from)\b)|speaking\b|calling\b|is my name\b|on the line\b|checking in\b)")
_I_AM_KIN: Final = re.compile(rf"(?i)\b(?:this is|i['’]?m|i am|it['’]?s|soy|me,)\s+(?:(?:his|her|their|the|la|el|a|[A-Z][\w-]+['’]s?)\s+)?(?:[\w-]+\s+){{0,1}}?{_ANY_KIN}(?:,|\s)\s*{_FILL}$")
_I_AM_JOB: Final = re.compile(rf"(?i)\b(?:this is|i['’]?m|i am|it['’]?s|soy)\s+(?:the |an? |our |his |her )?(?:[\w-]+\s+){{0,2}}?{OFFICIALS}(?:,|\s)\s*{_FILL}$")
_APPOSED: Final = re.compile(r"(?i)\bi(?:['’]?m| am) (?:an?|the|his|her|their|one of|calling from|with|from)\b[^.!?]{2,80},\s*$|\b(?:same as )?(?:me|mine|myself),\s*$")
"""What stands before the name of somebody who first says what they are: "I'm a case manager with Absaroka, Judd Larkin." """
_FROM: Final = re.compile(r"(?i)^,?\s+(?:(?:over |out |up |down )?(?:from|with|at)|in the)\b")
_MY_KIN: Final = re.compile(rf"(?i)\b(?:my|our|mi|nuestr[oa]|mis)\s+((?:[\w'’-]+\s+){{0,4}}?)({_KIN}|[\w-]+[- ](?:year|month|week)s?[- ]old|{CASES}){_LINK}")
_EX: Final = re.compile(rf"(?i)\bex[- ]?({_ANY_KIN}){_LINK}")
_THEIR_KIN: Final = re.compile(rf"(?i)(?:^|[\s(])((?:(?:his|her|their|the|su|a|[A-Z][\w-]+['’]s)\s+)?(?:[\w-]+\s+)?)({_ANY_KIN}){_LINK}")
_KIN_BEHIND: Final = re.compile(rf"(?i)^\s*[,(–—-]?\s*(?:(?:he|she|that|who)(?:['’]s| is)\s+)?(my|our|mi|his|her|their|the|la|el)?\s*((?:[\w-]+\s+){{0,3}}?)({_ANY_KIN})\b(?!['’]s| of\b| to\b)")
_KIN_OF: Final = re.compile(rf"(?i)\b({_ANY_KIN})\s+(?:of|to|for|de)\s+$")
_OWNS_KIN: Final = re.compile(rf"(?i)^['’]s?\s+({_ANY_KIN})\b(?!['’]s)")
_CASE: Final = re.compile(rf"(?i)\b(?:a|an|the|our|my|this|one|new|first|second|next|un|una|el|la)?\s*({CASES})(?:['’]s)?{_LINK}")
_ORDINAL: Final = re.compile(r"(?i)(?:^|[.;,!] |\band )(?:the |so the |okay,? |so |my )?(?:first|second|third|next|last|other|1st|2nd)(?: one| up| patient| kid)?(?:['’]s| is|,|:| would be)\s+(?:a )?$")
_SOMEBODY_THERE: Final = re.compile(r"(?i)\b(?:the|that|your|their)\s+(?:[\w-]+\s+){0,3}?(?:lady|guy|man|woman|gentleman|fella|fellow)\W*(?:there\W*)?(?:named |is |was |called )?$|\b(?:lady|guy|woman|man) (?:there|at|from|in)\b")
"""The lady at the insurance, the day care lady: not whom somebody introduces."""
_HIS_NAME: Final = re.compile(rf"(?i)\b(?:his|her|their|the|su|(?:{_KIN}|{CASES})['’]s|of the (?:{CASES}))\s+(?:full |first |legal |whole |last )*(?:name|nombre)(?:['’]s| is| es|,|:)*\s*{_FILL}$")
_HE_IS: Final = re.compile(rf"(?i)\b(?:he|she|they)(?:['’]s| is|['’]re)?\s+(?:a )?{_FILL}$")
_HEALER: Final = re.compile(rf"(?i)\b({HEALERS})(?:['’]s)?{_LINK}")
_HEALER_BEHIND: Final = re.compile(rf"(?i)^\s*[,(–—-]\s*(?:(?:who|she|he|that)(?:['’]s| is)\s+)?(?:(?:the|his|her|my|our|their|an?|one of the)\s+)?(?:[\w-]+\s+){{0,2}}?({HEALERS})\b(?-i:(?!\.?\s+[A-Z]))")
_OFFICE_BEHIND: Final = re.compile(r"(?i)^['’]s\s+(?:office|clinic|practice|team|nurse|staff|desk|pa\b|group)")
_OFFICIAL: Final = re.compile(rf"(?i)\b({OFFICIALS})(?:['’]s)?{_LINK}")
_OFFICIAL_BEHIND: Final = re.compile(rf"(?i)^\s*[,(–—-]\s*(?:(?:who|she|he|that)(?:['’]s| is)\s+)?(?:(?:the|his|her|my|our|their|an?)\s+)(?:[\w-]+\s+){{0,2}}?({OFFICIALS})\b")
_FOR: Final = re.compile(
    rf"(?i)(?:\b(?:calling|call|called|here|appointment|appt|visit|referral|referring|order|orders|script|eval\w*|therapy|something|this is|it['’]s|intake|information|spot|place|room|set (?:it |this )?up|sign\w*|about|regarding|interested|slot|in)?\s*\b(for|about|regarding|concerning|on behalf of|re|on|para),?|\b(?:refer(?:ring)?|send(?:ing)?(?: you| over)*|schedule|scheduling|get(?:ting)?|bring(?:ing)?|see(?:ing)?|sign(?:ing)? up|enroll(?:ing)?|have|got|add|introduce|move|book))\s+(?:on\s+)?(?:a |one |little |old |baby )?{_FILL}$"
)
_NOT_FOR: Final = re.compile(r"(?i)\b(?:ask(?:ing|ed)?|works?|working|worked|thanks?|thank you|look(?:ing)?|message|waiting|covering|cover|filling in|is there|speak|try(?:ing)?|party|stand(?:ing)?|assistant|nurse|office|care|caring|manager)\s+(?:for|on|about)\s+\W*$")
_GREETED: Final = re.compile(r"(?i)\b(?:hi|hey|hello|hiya|thanks(?: so much| a lot)?|thank you(?: so much)?|thx|good (?:morning|afternoon|evening)|morning|afternoon|evening|hola|gracias|bye|goodbye|appreciate (?:it|you)|god bless|listen|look)(?: there)?[, ]+$")
_SPOKE_WITH: Final = re.compile(r"(?i)\b(?:speak(?:ing)? (?:to|with)|talk(?:ed|ing)? (?:to|with)|spoke (?:to|with)|is this|is that|am i|asking for|message for|looking for|(?:trying|try) to (?:reach|get)|works? with|working with|appointments? with|therapy with|session with|sees?|seeing|saw|used to (?:see|have)|loved?|come there (?:on \w+ )?with|go with)\s+(?:the |a )?$")
_REACH: Final = re.compile(r"(?i)\b(?:call|calls|ask for|reach|text|contact|phone|ring|get (?:a )?hold of|go through|schedule (?:it |this |everything )?(?:with|through)|coordinate with|set (?:it |that )?up with|llam\w+ a|deal with|best contact is|contact(?: person)? is|person to call is|point of contact is)\s+(?:up )?(?:his |her |the |our |my )?$")
_REACHED: Final = re.compile(r"(?i)^(?:['’]s\s+(?:cell|number|phone|line|mobile)\b|\W{0,3}(?:at|on)\s+(?:\d|area|two|three|four|five|six|seven|eight|nine|oh|zero)|\s+can be reached|\s+is (?:at \d|the (?:one|contact|person|best))|\s+(?:handles|does|takes care of|manages) (?:the|all|his|her)?\s*(?:scheduling|appointments|calls|everything|that)|\W{1,3}\(?\d{3}\)?[- .])")
_SMALL: Final = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?)"
_BORN: Final = re.compile(rf"(?i)^[\s,.(–—-]*(?:(?:he|she|who|they)(?:['’]s|['’]re| is| are| was)|is|was|,|aged?|and|a|dob|the)?[\s,]*(?:only |just |about |almost |his |her )?(?:born\b|naci|d\.?o\.?b\b|date of birth|birth ?da|{_SMALL}(?:\s*(?:and a half|years?|yrs?|months?|weeks?|y/?o|[- ]year)|[.,;)]|\s*$|\s+and\b)|\d{{1,2}}[/-]\d{{1,2}}[/-]\d\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \w+,? (?:of )?(?:19|20|nineteen|twenty|two thousand))")
_DOES: Final = r"(?:['’]s|['’]d|is|are|was|were|has|had|have|can['’]t|can|doesn['’]t|does|just|needs?|fell|broke|tore|hurt|keeps?|won['’]t|isn['’]t|wasn['’]t|gets?|got|been|came|comes?|goes|went|turned|lives?|sustained|suffered|underwent|presents|talks?|drops?|struggles?|took|slipped|still|tiene|no|está|necesita|se)"
_AILING: Final = re.compile(rf"(?i)^(?:['’]s|,?\s*(?:(?:he|she|who|they|and)\s+)?{_DOES})\b([^.?!]{{0,90}})")
_SENDS: Final = re.compile(rf"(?i)^,?\s+(?:[\w'’-]+,?\s+){{0,3}}?(?:(?:who|she|he|and)\s+)?(?:has |had |have |is |also |just |already |actually )*({SENDS})\b")
_SENT_BY: Final = re.compile(rf"(?i)\b(?:{SENDS}|orders?|referral|script|prescription|note|paper|instructions)\b(?:\s+\w+){{0,3}}?\s+(?:by|from|through|with|under|de|of)\s+(?:a |the |my |his |her )?$")
_CREDENTIALED: Final = re.compile(rf"^,?\s+\(?({CREDENTIALS})\)?")
_DOCTOR: Final = re.compile(r"(?i)\b(?:dra?|doctora?|doc)\b\.?\s+$")
_TITLE: Final = re.compile(r"(?i)\b(?:mr|mrs|ms|miss|mister|missus|mx|sra?|srta|don|doña|reverend|rev|sister|father|coach|officer|sgt|captain)\b\.?\s+$")


def around(text: str, start: int, end: int) -> Iterator[Clue]:
    """Every clue that the words around the name at `start` to `end` give. Letters that spell are blanked in `text` before."""
    before, behind = text[max(0, start - 110) : start], text[end : end + 120]
    doctor = _DOCTOR.search(before)
    titled = doctor or _TITLE.search(before)
    if titled:
        before = before[: titled.start()]
        if not doctor:
            yield Clue("titled")
    credential = _CREDENTIALED.match(behind)
    letters = credential[1] if credential else ""
    own = _SELF.search(before) or _SELF_BEHIND.match(behind)
    if own and not (doctor and _SPOKE_WITH.search(before)):
        yield Clue("self", letters or ("MD" if doctor else ""))
        if kin := _OWNS_KIN.match(behind):
            yield Clue("kin of", kin[1].lower())
        return
    if doctor or _OFFICE_BEHIND.match(behind) or (letters and role_of(letters) == "physician"):
        yield Clue("heals", letters)
        yield from _sending(before, behind)
        return
    if _I_AM_JOB.search(before) or _APPOSED.search(before):
        yield Clue("self", letters)
        return
    if _I_AM_KIN.search(before) and not _OWNS_KIN.match(behind):
        yield Clue("self")
        return
    if _ITS.search(before) and _FROM.match(behind):
        yield Clue("self")
        return
    yield from _of_kin(before, behind)
    yield from _of_office(before, behind, letters)
    if named := _HIS_NAME.search(before):
        yield _whose_name(before[: named.start()])
    elif (_HE_IS.search(before)) and re.match(r"\s*(?:[.,;]|$|and\b)", behind):
        yield Clue("his name")
    elif _ORDINAL.search(before):
        yield Clue("case")
    elif (case := _CASE.search(before)) and not BYGONE.search(case[0]) and not _SOMEBODY_THERE.search(before[: case.end()]):
        yield Clue("case", case[1].lower())
    if _NAME_IS.search(before) or _PART_NAME.search(before):
        yield Clue("asked name")
    if _ITS.search(before):
        yield Clue("its")
    if _FOR.search(before) and not _NOT_FOR.search(before):
        yield Clue("for")
    yield from _talked_to(before, behind)
    if _BORN.match(behind):
        yield Clue("born")
    yield from _sending(before, behind)
    if re.match(rf"(?i)^,?\s+(?:\w+\s+)?(?:was|were|been|being|got) {SENDS}\b", behind) or ((does := _AILING.match(behind)) and AILS.search(does[1]) and not re.match(rf"\W*(?:\w+\W+){{0,3}}{SENDS}\b", does[1])):
        yield Clue("ails")


def _of_kin(before: str, behind: str) -> Iterator[Clue]:
    if (owned := _OWNS_KIN.match(behind)) or (owned := _KIN_OF.search(before)):
        yield Clue("kin of", owned[1].lower())
    if ex := _EX.search(before):
        yield Clue("other", ex[1].lower())
    elif mine := _MY_KIN.search(before):
        bygone = BYGONE.search(mine[1]) and not re.search(r"(?i)\b\w+[- ]year", mine[1])
        ours = re.fullmatch(rf"(?i){RELATIVE}|.*old", mine[2])
        yield Clue("other", mine[2].lower()) if bygone and re.search(r"(?i)\b(?:ex|former|late)\b", mine[1]) else Clue("my kin" if ours else "case", mine[2].lower())
    elif (theirs := _THEIR_KIN.search(before)) and not re.search(r"(?i)\bex\b", theirs[1]):
        young = re.fullmatch(rf"(?i){CASES}", theirs[2]) and not re.match(r"(?i)\s*(?:his|her|their|su)\b", theirs[1])
        yield Clue("case" if young else "kin", theirs[2].lower())
    elif (said := _KIN_BEHIND.match(behind)) and (said[1] or behind.lstrip()[:1] in "(,"):
        mine_too = (said[1] or "").lower() in ("my", "our", "mi")
        if re.search(r"(?i)\bex\b", said[2]):
            yield Clue("other", said[3].lower())
        elif said[1] or not said[2]:
            yield Clue("my kin" if mine_too else "kin", said[3].lower())


def _of_office(before: str, behind: str, letters: str) -> Iterator[Clue]:
    if healer := _HEALER.search(before) or _HEALER_BEHIND.match(behind):
        yield Clue("heals", letters or healer[1].lower())
    elif official := _OFFICIAL.search(before) or _OFFICIAL_BEHIND.match(behind):
        yield Clue("other", official[1].lower())
    elif letters:
        yield Clue("other", letters)


def _whose_name(before: str) -> Clue:
    """Of "her name is ..." whose: the last one spoken of in the same sentence."""
    spoken = [
        *((m.start(), Clue("heals", m[0].lower())) for m in re.finditer(rf"(?i)\b{HEALERS}\b", before)),
        *((m.start(), Clue("other", m[0].lower())) for m in re.finditer(rf"(?i)\b{OFFICIALS}\b", before)),
        *((m.start(), Clue("my kin", m[1].lower())) for m in re.finditer(rf"(?i)\b(?:my|our|mi)\s+(?:[\w-]+\s+){{0,3}}?({_KIN})\b(?!['’]s)", before)),
        *((m.start(), Clue("kin", m[1].lower())) for m in re.finditer(rf"(?i)\b(?:his|her|their|the)\s+({_ANY_KIN})\b(?!['’]s)", before)),
    ]
    kin = [each for each in spoken if each[1].kind in ("my kin", "kin")]
    return max(kin or spoken, key=lambda each: each[0])[1] if spoken else Clue("his name")


def _talked_to(before: str, behind: str) -> Iterator[Clue]:
    if _GREETED.search(before) and re.match(r"\s*(?:[.,!?;–—-]|$|it['’]s|this|i['’]?m|my)", behind):
        yield Clue("greeted")
    elif _SPOKE_WITH.search(before) and not re.search(r"(?i)\b(?:name|patient|student|claimant) is\s+$|\b(?:he|she|it|that|this|who) is\s+$", before):
        yield Clue("greeted", "with")
    if _REACH.search(before) or _REACHED.match(behind):
        yield Clue("reach")


def _sending(before: str, behind: str) -> Iterator[Clue]:
    if _SENDS.match(behind) or _SENT_BY.search(before):
        yield Clue("sends")
