"""How practice files become rows, entry by entry; `services.load` is the verb around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import drafting, policy, queries, revisions, shape
from firstvisit.practice.content import KINDS, Kind, PracticeFiles
from firstvisit.practice.models import (
    ROWS,
    EntryChange,
    IdentityRow,
    PolicyVersion,
    PracticeRevision,
    Queue,
    Resource,
    Role,
    SiteRow,
    User,
)
from firstvisit.practice.shape import Shape, StaffMember

AS_SHIPPED = "as shipped"


@dataclass
class Loaded:
    """What a load did, as "site madison" and so on. `policy` is the version that went live by it, if any."""

    by: str
    revision: PracticeRevision
    """The locked revision that the changes belong to."""
    changes: list[EntryChange] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unchanged: int = 0
    policy: int | None = None
    draft: int | None = None
    """The draft that holds the files' rules, where they are not the live ones: rules change by a signature."""
    looks: list[str] = field(default_factory=list)
    """What in the files' rules somebody should look at, such as a queue that nobody is in."""

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.retired or self.policy)

    def __str__(self) -> str:
        parts = [
            f"{len(names)} {word}: {', '.join(names)}"
            for word, names in (("added", self.added), ("changed", self.changed), ("retired", self.retired))
            if names
        ]
        if self.policy:
            parts.append(f"rules version {self.policy} is live")
        text = "; ".join(parts) if parts else f"nothing changed, {self.unchanged} entries are as they were"
        return text + (f"; the rules differ and wait for a signature as draft {self.draft}" if self.draft else "")

    def note(self, name: str, *, new: bool, same: bool) -> None:
        """Count one entry under what happened to it."""
        if same:
            self.unchanged += 1
        else:
            (self.added if new else self.changed).append(name)

    def keep(self, collection: str, name: str, before: Shape | None, after: Shape | None) -> None:
        """Keep what changed in one entry, for its history."""
        if before != after:
            how = f"loaded by {self.by}"
            self.changes.append(
                revisions.change(self.revision, collection, name, before, after, by=None, how=how[:40])
            )


def load_all(files: PracticeFiles, loaded: Loaded) -> None:
    """Bring every table to what the files say, in the order in which rows point at each other."""
    if files.identity is not None:
        _identity(files.identity, loaded)
    for kind in KINDS:
        if kind.collection in ROWS:
            _rows(kind, getattr(files, kind.collection), loaded)
    _roles(files, loaded)
    _staff(files.staff, loaded)
    _rules(files.rules, loaded)


def write_entry(collection: str, name: str, entry: Shape | None) -> None:
    """Write one entry, checked before; None retires it. An account is called by its address."""
    if collection == "identity" and entry is not None:
        IdentityRow.objects.update_or_create(id=1, defaults={"data": entry.model_dump(mode="json")})
    elif isinstance(entry, shape.Role):
        columns: dict[str, Any] = {"name": entry.name, "capabilities": list(entry.capabilities)}
        Role.objects.update_or_create(slug=name, defaults=columns)
    elif isinstance(entry, StaffMember):
        user = User.objects.get(email=name.lower())
        for column, value in account_columns(entry).items():
            setattr(user, column, value)
        user.save()
        set_lists(user, entry)
    elif collection == "roles":
        Role.objects.filter(slug=name).delete()
    elif entry is None:
        ROWS[collection]._default_manager.filter(slug=name).update(retired_at=clock.now())
    else:
        data = {"data": entry.model_dump(mode="json"), "retired_at": None}
        ROWS[collection]._default_manager.update_or_create(slug=name, defaults=data)


def account_columns(member: StaffMember) -> dict[str, Any]:
    """The columns of an account that its entry decides; role and resource exist."""
    return {
        "name": member.name,
        "role": Role.objects.get(slug=member.role),
        "resource": Resource.objects.get(slug=member.resource) if member.resource else None,
    }


def set_lists(user: User, member: StaffMember) -> None:
    """The account's sites and queues, exactly."""
    user.sites.set(SiteRow.objects.filter(slug__in=member.sites))
    user.queues.set(Queue.objects.filter(slug__in=member.queues))


def _identity(identity: Shape, loaded: Loaded) -> None:
    data = identity.model_dump(mode="json")
    row = IdentityRow.objects.first()
    same = row is not None and row.data == data
    if not same:
        IdentityRow.objects.update_or_create(id=1, defaults={"data": data})
    loaded.keep("identity", "identity", row.shape() if row else None, identity)
    loaded.note("identity", new=row is None, same=same)


def _rows(kind: Kind, values: Iterable[Any], loaded: Loaded) -> None:
    word, model = kind.word, ROWS[kind.collection]
    rows = {row.slug: row for row in model._default_manager.all()}
    named = {value.slug: value for value in values}
    if not named:
        return
    for slug, value in named.items():
        row, data = rows.get(slug), value.model_dump(mode="json")
        same = row is not None and row.data == data and row.retired_at is None
        loaded.keep(kind.collection, slug, row.shape() if row and row.retired_at is None else None, value)
        if row is None:
            model._default_manager.create(slug=slug, data=data)
        elif not same:
            row.data, row.retired_at = data, None
            row.save(update_fields=["data", "retired_at"])
        loaded.note(f"{word} {slug}", new=row is None, same=same)
    for slug, row in rows.items():
        if slug not in named and row.retired_at is None:
            row.retired_at = clock.now()
            row.save(update_fields=["retired_at"])
            loaded.keep(kind.collection, slug, row.shape(), None)
            loaded.retired.append(f"{word} {slug}")


def _roles(files: PracticeFiles, loaded: Loaded) -> None:
    rows = {role.slug: role for role in Role.objects.all()}
    for value in files.roles:
        row = rows.get(value.slug)
        same = row is not None and row.shape() == value
        if not same:
            columns = {"name": value.name, "capabilities": list(value.capabilities)}
            Role.objects.update_or_create(slug=value.slug, defaults=columns)
        loaded.keep("roles", value.slug, row.shape() if row else None, value)
        loaded.note(f"role {value.slug}", new=row is None, same=same)
    if files.roles:
        kept = {role.slug for role in files.roles} | {member.role for member in files.staff}
        for role in Role.objects.exclude(slug__in=kept).filter(users=None):
            loaded.retired.append(f"role {role.slug}")
            loaded.keep("roles", role.slug, role.shape(), None)
            role.delete()


def _staff(staff: Iterable[StaffMember], loaded: Loaded) -> None:
    for number, member in enumerate(staff, start=1):
        email = member.email.lower()
        user = User.objects.filter(email=email).first()
        columns = account_columns(member)
        before = user.shape() if user else None
        same = user is not None and all(getattr(user, name) == value for name, value in columns.items())
        same = same and user is not None and _has_lists(user, member)
        if user is None:
            set_lists(User.objects.create_user(email, **columns), member)
        elif not same:
            for name, value in columns.items():
                setattr(user, name, value)
            user.save(update_fields=list(columns))
            set_lists(user, member)
        if not same:
            loaded.keep("staff", email, before, member)
        # A log keeps no addresses: accounts are called by their place in the file.
        loaded.note(f"account {number}", new=user is None, same=same)


def _has_lists(user: User, member: StaffMember) -> bool:
    return {site.slug for site in user.sites.all()} == set(member.sites) and {
        queue.slug for queue in user.queues.all()
    } == set(member.queues)


def _drafted(full: dict[str, Any]) -> int:
    """The number of the draft with just these sections: one that waits already, else a new one of nobody's."""
    live = queries.live_policy().number
    drafts = PolicyVersion.objects.filter(status=PolicyVersion.Status.DRAFT, base=live, sections=full)
    if (waiting := drafts.order_by("number").first()) is not None:
        return waiting.number
    draft = drafting.new_draft(full, note="From the practice files", by=None)
    return drafting.mark_ready(draft, None).number


def _rules(sections: Mapping[str, Any], loaded: Loaded) -> None:
    """The first version goes live unsigned, because at set-up there is nobody yet who could sign.

    ConfigurationError for a name that does not exist. A queue that leads to nobody is only said: accounts may follow.
    """
    rules, ground = policy.read(sections, 1), drafting.ground()
    full = rules.as_json()
    if sections:
        peopled = ground._replace(staffed=frozenset(ground.practice.queues))
        if found := policy.unmet(rules, peopled):
            raise ConfigurationError([f"rules, {one.field}: {one.message}" for one in found])
        looks = (*policy.unmet(rules, ground), *policy.warned(rules, ground))
        loaded.looks += [f"rules, {one.field}: {one.message}" for one in looks]
    if PolicyVersion.objects.exists():
        if sections and queries.live_policy().as_json() != full:
            loaded.draft = _drafted(full)
        return
    now = clock.now()
    PolicyVersion.objects.create(
        number=1,
        sections=full,
        status=PolicyVersion.Status.LIVE,
        note=AS_SHIPPED,
        drafted_at=now,
        live_from=now,
    )
    loaded.policy = 1
