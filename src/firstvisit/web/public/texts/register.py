"""Everything that a reviewer signs: the pages, the words people agree to, and the letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firstvisit.messages import texts as letters
from firstvisit.people import wordings
from firstvisit.steps.coverage import estimate_words
from firstvisit.steps.intake.models import CommunityEvent
from firstvisit.web.public import texts
from firstvisit.web.public.texts import Entry
from firstvisit.web.ui.words import LETTERS


@dataclass(frozen=True, slots=True)
class Reviewable:
    """One set of texts that is signed at once."""

    slug: str
    about: str
    version: str
    entries: tuple[Entry, ...]

    def signed(self, versions: Mapping[str, Iterable[str]]) -> bool:
        """Whether this very version is among those signed."""
        return self.version in versions.get(self.slug, ())


def reviewables() -> list[Reviewable]:
    """All of them: what people agree to first, then the pages, the letters, and what we typed ourselves."""
    return [*_wordings(), *_pages(), *_letters(), estimate_texts(), *_events()]


def unreviewed(versions: Mapping[str, Iterable[str]]) -> list[Reviewable]:
    """Those whose present Spanish nobody has signed."""
    return [each for each in reviewables() if not each.signed(versions)]


def _wordings() -> list[Reviewable]:
    slugs = dict.fromkeys(each.slug for each in wordings.WORDINGS)
    return [
        Reviewable(
            f"wording-{slug}",
            f"What people agree to: {slug.replace('-', ' ')}",
            wordings.version(slug),
            (Entry(slug, wordings.text(slug), wordings.text(slug, "Spanish"), True),),
        )
        for slug in slugs
        if wordings.text(slug) != wordings.text(slug, "Spanish")
    ]


def welcome(event: CommunityEvent) -> Reviewable:
    """What the form of one event says above its fields, as we typed it in both languages."""
    entry = Entry("welcome", event.welcome_en, event.welcome_es, False)
    version = texts.version_of([(entry.key, entry.en, entry.es)])
    return Reviewable(f"event-{event.slug}", f"What the form of an event says: {event.name}", version, (entry,))


def _events() -> list[Reviewable]:
    events = CommunityEvent.objects.filter(ended_at__isnull=True).exclude(welcome_es="")
    return [welcome(event) for event in events.order_by("-on", "-made_at")]


def _pages() -> list[Reviewable]:
    return [Reviewable(each.slug, each.about, each.version, each.entries) for each in texts.pages().values()]


def estimate_texts() -> Reviewable:
    """What an estimate says, line by line."""
    entries = tuple(Entry(key, en, es, key.startswith("paper.")) for key, en, es in estimate_words.all_texts())
    about = "What an estimate says, on its page and as a PDF"
    return Reviewable("estimate-lines", about, estimate_words.version(), entries)


def _letters() -> list[Reviewable]:
    found = []
    for name in letters.in_spanish():
        english, spanish = letters.TEMPLATES[name, "English"], letters.TEMPLATES[name, "Spanish"]
        entries: tuple[Entry, ...] = (
            Entry("subject", english.subject, spanish.subject, False),
            Entry("body", english.body, spanish.body, True),
        )
        if letters.is_receipt(name):
            first, who = zip(letters.FLAGGED["English"], letters.FLAGGED["Spanish"], strict=True)
            entries = (*entries, Entry("urgent", *first, True), Entry("who", *who, True))
            for kind, said in (("of a request", letters.REQUESTED), ("of a guide", letters.FETCHED)):
                both = zip(letters.GAPS, said["English"], said["Spanish"], strict=True)
                entries += tuple(Entry(f"{gap} ({kind})", en, es, False) for gap, en, es in both)
        about = f"Letter: {LETTERS[name]}"
        found.append(Reviewable(f"mail-{name}", about, letters.version(name), entries))
    return found
