"""Signing that a translated text says what its English says, and taking a signature back."""

from __future__ import annotations

from django.db import transaction

from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.practice.models import TextReview, User


@transaction.atomic
def sign_text(
    *, page: str, language: str, version: str, name: str, qualification: str, by: User, actor: Actor
) -> TextReview:
    """Sign one version of a page. Signing it twice changes nothing.

    BadInput without a name or a qualification: the law asks for a qualified human translator, and whoever
    signs at the screen may enter somebody else's review. NotAllowed without the capability.
    """
    if not by.may("texts.review"):
        raise NotAllowed("texts.review")
    said = {"name": " ".join(name.split()), "qualification": " ".join(qualification.split())}
    limits = {"name": 120, "qualification": 200}
    asked = {"name": "Enter who reviewed it.", "qualification": "Enter what qualifies them to review it."}
    problems = [Problem(field, asked[field]) for field, value in said.items() if not value]
    problems += [
        Problem(field, f"This is too long; use at most {limits[field]} characters.")
        for field, value in said.items()
        if len(value) > limits[field]
    ]
    if problems:
        raise BadInput(problems)
    signed, new = TextReview.objects.get_or_create(
        page=page,
        language=language,
        version=version,
        taken_back_at=None,
        defaults={"by": by, "at": clock.now(), **said},
    )
    if new:
        audit.note(actor, "text_signed", "text", [f"{page}:{language}:{version}"])
    return signed


@transaction.atomic
def take_back_signature(*, page: str, language: str, version: str, by: User, actor: Actor) -> None:
    """A signature given by mistake holds no more; who signed and who took it back stay. Conflict where none stands;
    NotAllowed without the capability.
    """
    if not by.may("texts.review"):
        raise NotAllowed("texts.review")
    standing = TextReview.objects.filter(page=page, language=language, version=version, taken_back_at=None)
    if not standing.update(taken_back_at=clock.now(), taken_back_by=by):
        raise Conflict("nobody has signed this version, or the signature was taken back already")
    audit.note(actor, "text_signature_taken_back", "text", [f"{page}:{language}:{version}"])


def signed_versions(language: str) -> dict[str, frozenset[str]]:
    """Every signed version of each page in a language."""
    found: dict[str, set[str]] = {}
    standing = TextReview.objects.filter(language=language, taken_back_at=None)
    for page, version in standing.values_list("page", "version"):
        found.setdefault(page, set()).add(version)
    return {page: frozenset(versions) for page, versions in found.items()}
