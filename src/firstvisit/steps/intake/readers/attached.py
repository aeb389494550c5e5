"""A document with everything attached to it, as one document of texts and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.readers import Document, Read, Unreadable
from firstvisit.steps.intake.understanding.found import Place
from firstvisit.steps.intake.understanding.settle import Understood
from firstvisit.steps.intake.understanding.together import together

_DEEPEST: Final = 3
_PAGE: Final = re.compile(r"^page (\d+) ")
_TEXT: Final = re.compile(r"^(?!page )(.+)(?= chars \d+-\d+$)")


def with_attachments(document: Document, read: Callable[[Document], Read]) -> Read:
    """What `document` says together with what was attached: pages are counted on through all of them, a text is called
    by its attachment's name. `unread` names what could not be read. Raises Unreadable where the document itself cannot
    be."""
    whole = read(document)
    found, attached, unread = list(whole.understood.found), [], list(whole.unread)
    texts, pages, pictures = dict(whole.texts), list(whole.pages), list(whole.pictures)
    for name, each in _each(whole.attachments, read, 1):
        if isinstance(each, str):
            unread.append(f"{name}: {each}")
            continue
        moved = _moved(each.understood, len(pages), name)
        attached.append(moved)
        found += moved.found
        texts |= {name if text == "body" else f"{name}, {text}": words for text, words in each.texts.items()}
        pages += [replace(page, number=len(pages) + n) for n, page in enumerate(each.pages, start=1)]
        pictures += each.pictures
    understood = replace(together(whole.understood, attached), found=tuple(found))
    return Read(understood, (), texts, tuple(pages), tuple(pictures), tuple(unread))


def _each(
    documents: tuple[Document, ...], read: Callable[[Document], Read], depth: int
) -> Iterator[tuple[str, Read | str]]:
    for document in documents:
        try:
            done = read(document)
        except Unreadable as why:
            yield document.name, str(why)
            continue
        yield document.name, done
        if depth < _DEEPEST:
            yield from _each(done.attachments, read, depth + 1)
        else:
            yield from ((inner.name, "It lies too deep in other attachments.") for inner in done.attachments)


def _moved(understood: Understood, pages: int, name: str) -> Understood:
    """What an attachment says, with its places as those of the whole."""
    return replace(
        understood,
        patients=tuple(
            replace(
                settled,
                referral=settled.referral.model_copy(
                    update={
                        "evidence": {
                            path: each.model_copy(update={"place": _place(each.place, pages, name)})
                            for path, each in settled.referral.evidence.items()
                        }
                    }
                ),
                doubts=tuple(replace(doubt, place=_place(doubt.place, pages, name)) for doubt in settled.doubts),
            )
            for settled in understood.patients
        ),
        found=tuple(replace(each, place=_at(each.place, pages, name)) for each in understood.found),
    )


def _place(text: str, pages: int, name: str) -> str:
    if at := _PAGE.match(text):
        return f"page {int(at[1]) + pages} {text[at.end() :]}"
    if at := _TEXT.match(text):
        return f"{name if at[1] == 'body' else f'{name}, {at[1]}'}{text[at.end() :]}"
    return text


def _at(place: Place, pages: int, name: str) -> Place:
    if place.page is not None:
        return replace(place, page=place.page + pages)
    return replace(place, text=name if place.text == "body" else f"{name}, {place.text}")
