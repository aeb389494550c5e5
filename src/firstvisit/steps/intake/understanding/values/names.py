"""Names of people: words with capitals, titles and credentials around them, and letters that spell a name."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.reference.names import given_names
from firstvisit.steps.intake.understanding.values.span import Span

_LETTERS: Final = r"A-ZÀ-ÖØ-Þ"
_PARTICLE: Final = r"(?:de la|de los|de las|de|del|der|da|dos|van der|van|von|bin|al|el|la|le|y|St\.)"
_PART: Final = rf"(?:[{_LETTERS}][\w'’]*[a-zß-öø-ÿ'’](?:-[{_LETTERS}]?[\w'’]+)*|[{_LETTERS}]{{2,}}(?:-[{_LETTERS}]+)*|[{_LETTERS}]\.?(?=[\s,.]|$))"
NAME: Final = rf"(?:{_PART}(?:[ ]+(?:{_PARTICLE}[ ]+)?{_PART}){{0,3}}(?:,? (?:Jr|Sr|II|III|IV)\b\.?)?)"
"""One to four words with capitals. Use inside a pattern without IGNORECASE."""
TITLE: Final = r"(?:Don(?= [A-Z][\w'’-]+ [A-Z])|Do[nñ]a|Sra?|Srta|Dr|Doctor|Mr|Mister|Mrs|Missus|Ms|Miss|Mx|Prof|Professor|Rev|Reverend|Sister|Fr|Father|Coach|Officer|Sgt)\b\.?"
_CREDENTIAL_WORDS: Final = (
    "MD|M\\.D\\.|DO|D\\.O\\.|DPM|NP|N\\.P\\.|PA-C|PA|APRN|ARNP|CRNP|CNP|CNM|FNP-C|FNP-BC|FNP|PNP|DNP|AGNP|MPAS|RN|BSN|LPN|MSN|CCM|"
    "CRRN|LCSW|LMSW|LISW|LICSW|MSW|BSW|LPC|PhD|Ph\\.D\\.|PsyD|Psy\\.D\\.|EdD|Ed\\.D\\.|EdS|Ed\\.S\\.|M\\.Ed\\.|MEd|DPT|PT|MPT|OTR/L|OTD|OT|"
    "CHT|COTA|PTA|CCC-SLP|M\\.S\\.|M\\.A\\.|MA|MS|SLP|DC|D\\.C\\.|DDS|DMD|OD|O\\.D\\.|AuD|CCM|CDMS|CRC|BCBA|NCSP|FACS|FAAOS|FAAP|FAAPMR|ATC|OCS|FACP|MPH|MBBS"
)
CREDENTIALS: Final = rf"(?:(?:{_CREDENTIAL_WORDS})(?:(?:, ?| / ?| )(?:{_CREDENTIAL_WORDS})\b)*)(?![\w-])"
"""One or more letters behind a name."""
_NOT_A_NAME: Final = frozenset(
    """
    i i'm i've im am oh ah eh nope yep ha hmm wait alright right we he she they you it my our his her their your the a an this that these those there here and or but so if
    yes yeah no not hi hello hey dear good morning afternoon evening thanks thank please sorry okay ok sure well um uh
    monday tuesday wednesday thursday friday saturday sunday january february march july september
    october november december medicare medicaid insurance patient client student claimant worker mother father mom dad son
    daughter wife husband dob born date birth name phone cell home work office fax email address street ave avenue road
    drive lane court boulevard apartment apt unit suite clinic hospital school elementary middle high center centre
    department therapy therapist physical occupational speech pt ot slp st eval evaluation evaluate treat treatment order
    orders referral referring script prescription diagnosis dx icd npi auth authorization claim group member id number
    doctor dr mr mrs ms miss nurse practitioner physician surgeon neurologist pediatrician case manager coordinator social
    right left both upper lower after before since today tomorrow tonight yesterday next last week month year days
    right-handed left-handed spanish english what when where who how can could would do does did is are was were will
    adhd autism parkinson's parkinsons alzheimer's stroke ms tbi mri ct er icu iep ifep wc hmo ppo epo asap fyi re fw fwd
    medical assistance health plan care case new old status regards sincerely best yours truly cheers respectfully
    just any some all anytime mornings afternoons evenings only also about from to for with at in on of by as
    mine yours hers ours theirs kids kid children families adults seniors women men veterans patients students clients discharged discharge diagnosed referred fell admitted services needed preferred request submission form inquiry message visitor contact chat website calling looking hoping trying having going getting writing concerned interested available free retired diagnosed
    attached enclosed signed sent subject forwarded message original begin sir ma'am maam intake mailbox voicemail
    caller agent operator hola buenos buenas gracias soy mi me llamo hijo hija mama papa madre padre adult child
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    twenty thirty forty fifty sixty seventy eighty ninety hundred dupuytren's bell's evaluating texting easy lives home text
    hallo hullo hiya howdy aloha alo bueno deputy detective sheriff chief lieutenant paramedic hyphen hyphenated junior
    feb jul aug sept oct nov mon tues thurs called transcribed district state
    teammate teammates classmate classmates roommate neighbor neighbour cousin boss coworker annual friend
    officer reverend rev pastor father sister coach captain sergeant professor deacon rabbi judge call talk ask speak tell let put give send leave try text check come go get make take look say know think want had having saw
    family given attending coverage received first second third fourth fifth last twice once birthday both correct happy wonderful perfect lovely great fine nothing something everything maybe probably actually basically honestly anyway
    same now weird then thats dont cant wont whats theres bye goodbye hon honey sweetie bless mister missus señor señora señorita hyphen dash
    botox zoom covid facetime google facebook cdt rom hep kindergarten grade male female self parent guardian
    """.split()
)
_ORGANIZATION_WORDS: Final = re.compile(
    r"\b(?:clinic|hospital|center|centre|school|elementary|pediatrics|orthop\w+|ortho|neurology|medical|medicine|health|healthcare|"
    r"associates|rehab\w*|therapy|specialists?|institute|group|district|academy|university|college|insurance|mutual|casualty|"
    r"plan|hmo|ppo|trust|llc|llp|pllc|inc|attorneys|services|physicians|surgery|surgical|partners|practice|spine|family|regional|memorial|"
    r"community|county|urgent|assisted|living|nursing|care|department|office|foundation|agency|company|corp\w*|system|"
    r"dentistry|dental|orthodontics|eye|optometry|chiropractic|wellness|montessori|charter|isd|sports|hand|foot|joint|pain|cancer|oncology|cardiology|rheumatology|podiatry|ent)\b",
    re.IGNORECASE,
)
_AS_IN: Final = r"(?:,?\s+(?:as in|like|for|as)\s+[A-Za-z]+,?)"
_SPELLED: Final = re.compile(
    rf"(?<![\w'’])(?:[{_LETTERS}]|[Dd]ou?ble [{_LETTERS}])(?:{_AS_IN})?(?:(?:[\s,.]*[-–][\s]*|,?\s+(?:hyphen|dash),?\s+|[.,]\s*|\s+)(?:(?:and\s+then|then|capital|uppercase|small)\s+)?(?:[Dd]ouble |[Dd]oble |[Tt]wo )?[{_LETTERS}](?:'?s)?\b(?!['’][a-z])(?:{_AS_IN})?){{2,}}(?![\w'’])"
)
_SPELLED_SMALL: Final = re.compile(r"(?<![\w'’])[a-z](?:(?:-|\. ?)[a-z]){2,}(?![\w-])")


def is_name(words: str) -> bool:
    """Whether words with capitals may be a person's name: no word of it is a usual other word, nor an organization's."""
    parts = [part.strip(".,'’") for part in words.split()]
    if len(parts) == 1 and parts[0].lower() in ("april", "may", "june", "august"):
        return False
    if not parts or any(part.lower().replace("’", "'") in _NOT_A_NAME for part in parts):
        return False
    if len(parts) > 1 and _ORGANIZATION_WORDS.search(words):
        return False
    return any(len(part) > 1 for part in parts) or len(parts) > 1


def is_usual(word: str) -> bool:
    """Whether a word is one of those that are hardly ever a name."""
    plain = word.strip(".,'’").lower().replace("’", "'")
    return plain in _NOT_A_NAME or _CONTRACTED.sub("", plain) in _NOT_A_NAME or all(part in _NOT_A_NAME or part in ("oh", "o") for part in plain.split("-"))


_CONTRACTED: Final = re.compile(r"'(?:s|d|ll|ve|re|m)$")


def is_organization(words: str) -> bool:
    """Whether words with capitals name an organization by one of its words."""
    return bool(_ORGANIZATION_WORDS.search(words))


_NICKNAME: Final = re.compile(r"(?<=[a-zß-öø-ÿ.] )(?:[\"“”'‘][A-Z][a-zà-ÿ]+[\"“”'’]|\([A-Z][a-zà-ÿ]+\))(?= [A-Z])")


def without_nickname(text: str) -> str:
    """`text` with nicknames between two names left out ("Gertrude "Trudy" Okerlund"); every other character keeps its place."""
    return _NICKNAME.sub(lambda match: " " * len(match[0]), text)


def without_credentials(words: str) -> tuple[str, str]:
    """A name and the credentials that stand behind it without a comma: "Inez Coltrane MD"."""
    match = re.fullmatch(rf"(.+?),?\s+({CREDENTIALS})", words)
    return (match[1], match[2]) if match and " " in match[1] else (words, "")


def trimmed(words: str) -> str:
    """A name without words before and after it that are none: "Hi Karen Ostrowski" is "Karen Ostrowski"."""
    parts = re.split(r"\s+(?:de(?: la)?|del)\s+(?=(?:Cl[ií]nica|Hospital|Centro|Escuela)\b)", words)[0].split()
    while parts and parts[0].strip(".,'’").lower().replace("’", "'") in _NOT_A_NAME:
        parts = parts[1:]
    for n, part in enumerate(parts):
        if n and part.strip(".,'’").lower().replace("’", "'") in _NOT_A_NAME:
            parts = parts[:n]
            break
    if len(parts) == 3 and parts[0] == parts[2]:
        parts = parts[1:]  # "Marchbanks... Odette Marchbanks"
    while len(parts) > 2 and re.fullmatch(r"[A-Z]", parts[-1]):
        parts = parts[:-1]  # the first of letters that spell the name
    return " ".join(parts).strip(" ,;:-").removesuffix("'s").removesuffix("’s")


@dataclass(frozen=True, slots=True)
class Spelled:
    """Letters said one by one, drawn together; `near` the word before them that they spell, where there is one."""

    letters: str
    near: str | None


def spelled(text: str) -> list[Span[Spelled]]:
    """Every name that is spelled out in `text`, with the word before it that it corrects."""
    found = []
    for begin, words in _runs(text):
        end = begin + len(words)
        if re.match(r"\s+[a-z]", text[end:]):
            words = re.sub(r"[.,]\s+[IA]$", "", words)  # "Y A T E S. I tore": a new sentence
        words = re.sub(r"[.,]\s+[A-Z]$", "", words) if re.match(r"\s+(?:for|as|like)\b", text[begin + len(words) :]) else words
        if words.count(".") == 1:  # "T, R, I, N. N for Nora": a letter said again
            words = re.sub(r"\.\s+[A-Z],? (?:as in|like|for|as) [A-Za-z]+,?$", "", words)
        said = re.sub(r"\b(?:capital|uppercase|small|then|and)\s+", "", re.sub(_AS_IN, "", words))
        letters, near = "", re.findall(r"[^\W\d_][\w'’-]+", text[max(0, begin - 60) : begin])[-3:]
        for piece in re.finditer(rf"\b(?:hyphen|dash)\b|(?:([Dd]ou?ble|[Tt]wo) )?\b([{_LETTERS}a-z])(?:'?s)?\b", said):
            letters += piece[2] * (2 if piece[1] else 1) if piece[2] else "-"
        letters = _not_again(letters, near)
        if letters[-1:] in ("I", "A", "i", "a") and any(folded(word) == letters[:-1].lower() for word in near):
            letters = letters[:-1]  # "poteet p o t e e t i got hurt"
        if len(letters) < 3 or len(set(letters.lower())) < 2:
            continue
        if (first := _first_of_two(text[:begin], letters)) and not _in_two_words(text[:begin], letters):
            found.append(Span(begin, end, Spelled(letters[:first], _spells(text[:begin], letters[:first]))))
            letters = letters[first:]
        found.append(Span(begin, begin + len(words), Spelled(letters, _spells(text[:begin], letters))))
    return found


def _not_again(letters: str, near: list[str]) -> str:
    """Without letters that only say the end again: "A-G-B-A-Y-A-N-I. N, like Nancy. A-N-I." is Agbayani."""
    for word in map(folded, near):
        rest = letters.lower().removeprefix(word)
        if rest != letters.lower() and len(rest) >= 2 and word.endswith((rest, rest[1:])):
            return letters[: len(word)]
    return letters


def _first_of_two(before: str, letters: str) -> int | None:
    """Of letters that spell a first and a last name in one run how many are the first's, by the two words before them."""
    words = [folded(word) for word in re.findall(r"[^\W\d_][\w'’-]+", before[-120:])][-8:]
    for first, last in itertools.pairwise(words):
        if len(first) > 1 and letters.lower().startswith(first) and len(letters) - len(first) >= 2 and letters[len(first) :].lower() != "" and SequenceMatcher(None, last, letters[len(first) :].lower()).ratio() > _ALIKE:
            return len(first)
    return None


_ALIKE: Final = 0.6


def _runs(text: str) -> list[tuple[int, str]]:
    """Runs of single letters; names whose letters are joined by hyphens end at a full stop or a comma."""
    runs = []
    for hit in (*_SPELLED.finditer(text), *_SPELLED_SMALL.finditer(text)):
        at = 0
        cuts = [cut.start() for cut in re.finditer(r"(?<=-[A-Z])(?:[.,]\s+(?:(?:and )?then\s+)?|\s+(?:and )?then\s+)(?=[A-Z]-[A-Z])", hit[0])]
        for cut in (*cuts, len(hit[0])):
            piece = hit[0][at:cut]
            lead = len(piece) - len(re.sub(r"^(?:[ .,]|and |then )+", "", piece))
            runs.append((hit.start() + at + lead, piece[lead:]))
            at = cut
    return runs


def _spells(before: str, letters: str) -> str | None:
    """The nearest word with a capital before the letters that sounds like them."""
    words: list[str] = re.findall(r"[^\W\d_][\w'’-]+", before[-120:])
    for first, second in itertools.pairwise(words[-8:]):
        if first[0].isupper() and folded(first + second) == letters.lower():
            return first  # "bran vold, b r a n d v o l d" heard in two words
    best, likeness = None, 0.55
    for word in words[-14:]:
        if word.lower() in _NOT_A_NAME:
            continue
        ratio = SequenceMatcher(None, folded(word), letters.lower()).ratio()
        if word[0].isupper() and folded(word)[0] == letters[0].lower() and abs(len(word) - len(letters)) <= _HEARD:
            ratio += _BEGINS_ALIKE
        if folded(word) == letters.lower():
            return word
        if ratio >= likeness:
            best, likeness = word, ratio
    return best


_HEARD, _BEGINS_ALIKE = 3, 0.1
"""Letters by which a name as heard may be longer or shorter than as spelled, and what it tells that both begin alike."""


def _in_two_words(before: str, letters: str) -> str | None:
    """The first of two words in which one name was heard: "kin cannon, k i n c a n n o n"; a first and a last name have both
    their capitals."""
    words: list[str] = re.findall(r"[^\W\d_][\w'’-]+", before[-120:])[-8:]
    return next((first for first, second in itertools.pairwise(words) if folded(first + second) == letters.lower() and not (first[0].isupper() and second[0].isupper()) and folded(first) not in given_names()), None)


def corrected(name: str, spellings: list[Spelled]) -> str:
    """`name` with the words that somebody spelled out; the capitals inside ("DeMarco") stay where the letters agree."""
    parts = name.split()
    for each in spellings:
        for n, part in enumerate(parts):
            if part == each.near and folded(part) != each.letters.lower() and each.letters.lower() not in [folded(half) for half in part.split("-")]:
                parts[n] = "-".join(letters.capitalize() for letters in each.letters.split("-"))
    return " ".join(parts)
