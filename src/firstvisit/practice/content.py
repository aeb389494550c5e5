"""What a practice consists of, before it is rows: the kinds of entries and all of them as one value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice.shape import (
    Identity,
    NotOffered,
    OtherPlace,
    Payer,
    Practice,
    Program,
    Queue,
    Resource,
    Role,
    Shape,
    Site,
    StaffMember,
    VendorAgreement,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One file of entries: its name in the folder, the word between [[ ]], the shape, what names an entry."""

    collection: str
    file: str
    word: str
    shape: type[Shape]
    named_by: str = "slug"


KINDS: Final[tuple[Kind, ...]] = (
    Kind("sites", "sites.toml", "site", Site),
    Kind("programs", "programs.toml", "program", Program),
    Kind("payers", "payers.toml", "payer", Payer),
    Kind("resources", "clinicians.toml", "resource", Resource),
    Kind("queues", "queues.toml", "queue", Queue),
    Kind("roles", "roles.toml", "role", Role),
    Kind("staff", "staff.toml", "staff", StaffMember, named_by="email"),
    Kind("places", "places.toml", "place", OtherPlace),
    Kind("not_offered", "not_offered.toml", "not_offered", NotOffered),
    Kind("agreements", "agreements.toml", "agreement", VendorAgreement),
)


@dataclass(frozen=True, slots=True)
class PracticeFiles:
    """All that a folder says. `rules` is {section: JSON values}, not yet held against the register."""

    identity: Identity | None = None
    sites: tuple[Site, ...] = ()
    programs: tuple[Program, ...] = ()
    payers: tuple[Payer, ...] = ()
    resources: tuple[Resource, ...] = ()
    queues: tuple[Queue, ...] = ()
    roles: tuple[Role, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    places: tuple[OtherPlace, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    agreements: tuple[VendorAgreement, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def practice(self, version: int = 0) -> Practice:
        """The same as the value that rules read. ConfigurationError when there is no identity."""
        if self.identity is None:
            raise ConfigurationError(["identity.toml: is missing"])
        return Practice(
            version=version,
            identity=self.identity,
            sites={one.slug: one for one in self.sites},
            programs={one.slug: one for one in self.programs},
            payers={one.slug: one for one in self.payers},
            resources={one.slug: one for one in self.resources},
            queues={one.slug: one for one in self.queues},
            roles={one.slug: one for one in self.roles},
            places={one.slug: one for one in self.places},
            not_offered={one.slug: one for one in self.not_offered},
            agreements={one.slug: one for one in self.agreements},
        )
