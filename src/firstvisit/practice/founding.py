"""The first hour of an installation: its practice, its rules as shipped, and its first account."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from django.db import transaction

from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.practice import queries, services
from firstvisit.practice.files import STARTER, PracticeFiles, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.shape import Identity, Opening, Site
from firstvisit.reference import zips

OWNER_ROLE: Final = "owner"
"""Of the starter's roles the one that may do everything, accounts and keys included."""
OPENS, CLOSES = time(8), time(17)
AREA_MILES = 25.0
"""Hours (Monday to Friday) and area of a first site until somebody changes them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What setup asks for a practice with one site: `state` two letters, `zip_code` five digits."""

    practice_name: str
    legal_name: str
    address: str
    phone: str
    email: str
    site_name: str
    street: str
    city: str
    state: str
    zip_code: str


def practice_of(answers: Answers) -> PracticeFiles:
    """The starter with this identity and site. Zone and point on the map come from the ZIP code.

    BadInput names each answer that is empty or cannot be used.
    """
    found = [
        Problem(name, "is empty")
        for name in Answers.__dataclass_fields__
        if not getattr(answers, name).strip()
    ]
    if not re.fullmatch(r"[A-Za-z]{2}", answers.state.strip()):
        found.append(Problem("state", "two letters, such as WI"))
    place = zips.place(answers.zip_code.strip())
    if place is None or place.zone is None or place.latitude is None or place.longitude is None:
        found.append(Problem("zip", "no ZIP code that is known with its place, such as 53703"))
        raise BadInput(found)
    if found:
        raise BadInput(found)
    slug = re.sub(r"[^a-z0-9]+", "_", answers.site_name.lower()).strip("_")[:60] or "main"
    identity = Identity(
        name=answers.practice_name,
        legal_name=answers.legal_name,
        address=answers.address,
        phone=answers.phone,
        email=answers.email,
        home_site=slug,
    )
    site = Site(
        slug=slug,
        name=answers.site_name,
        street=answers.street,
        city=answers.city,
        state=answers.state.strip().upper(),
        postal_code=answers.zip_code.strip()[:5],
        phone=answers.phone,
        zone=place.zone,
        latitude=place.latitude,
        longitude=place.longitude,
        area_miles=AREA_MILES,
        hours={day: (Opening(opens=OPENS, closes=CLOSES),) for day in ("mon", "tue", "wed", "thu", "fri")},
    )
    return replace(read_folder(STARTER), identity=identity, sites=(site,))


def completed(files: PracticeFiles) -> PracticeFiles:
    """A folder's practice with the starter's queues and roles where it names none."""
    starter = read_folder(STARTER)
    return replace(files, queues=files.queues or starter.queues, roles=files.roles or starter.roles)


@transaction.atomic
def found(
    files: PracticeFiles, *, owner_email: str, owner_name: str, password: str | None, actor: Actor, why: str
) -> User:
    """Load the practice and give it its owner, who also manages accounts and keys. All or nothing.

    Conflict where a practice stands already. ConfigurationError for the files, BadInput for the account.
    """
    if queries.is_set_up():
        raise Conflict("this installation is set up already; change it with: firstvisit practice load FOLDER")
    if files.identity is None or not files.sites:
        raise BadInput([Problem("from", "the folder names no identity or no site")])
    services.load(files, by="setup")
    owner = User.objects.filter(email=owner_email.strip().lower()).first()
    if owner is None:
        queues = [queue.slug for queue in files.queues]
        owner = services.add_user(
            email=owner_email, name=owner_name, role=OWNER_ROLE, queues=queues, password=password
        )
    elif password is not None:
        owner = services.set_password(user=owner, password=password)
    if not (owner.may("users.manage") and owner.may("rules.sign")):
        raise BadInput([Problem("owner_email", "has a role that may not manage accounts and sign rules")])
    audit.note(actor, "practice_set_up", "user", [owner.id], why=why)
    return owner
