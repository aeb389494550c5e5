"""The slots of one person, the best first. Pure: supply and what is taken in, slots out.

A slot begins on the grid, lies with its buffers in the free time of one clinician who fits and of the rooms and
devices it needs, and within the days that the person's window leaves. One clinician is named for a time at a site: the
one with most points. The order is by points, then by time, so time is looked through forward, a stretch at a time, and
no further than where no later start could still come among the best: cost grows with the answer, not with the calendar.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from firstvisit.practice.shape import Site
from firstvisit.steps.booking import fitting, free, opening, ordering, spans, travel
from firstvisit.steps.booking.days import Day, day, local_date
from firstvisit.steps.booking.hindered import Hindered
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.rooms import Rooms
from firstvisit.steps.booking.shapes import (
    Bookable,
    Busy,
    Found,
    Place,
    Session,
    Slot,
    Span,
    Visit,
    Want,
    Why,
)


class _Here(NamedTuple):
    """One of the person's sites: its number in their order, and the starts that their window leaves there."""

    number: int
    slug: str
    site: Site
    today: date
    first: int
    end: int


class _Start(NamedTuple):
    """A time that may become a slot. Sorting puts the best first: the fields up to `clinician` are its place."""

    loss: int
    start: int
    opens_day: bool
    site: int
    clinician: int
    group: str
    stated: bool
    fills_gap: bool
    session: Session | None
    rooms: tuple[int, ...] | None


def search(
    want: Want,
    supply: Sequence[Bookable],
    busy: Busy,
    booking: Booking,
    sites: Mapping[str, Site],
    now: datetime,
    *,
    count: int = 10,
    a_half_day: int = 0,
    travelled: travel.Travel | None = None,
    without: Collection[tuple[int, int]] = (),
) -> Found:
    """The best `count` slots in their order. `a_half_day`: no more than so many of one site's half day (0: all).
    `without`: as `Looking` has it."""
    looking = Looking(
        want, booking, sites, now, count=count, a_half_day=a_half_day, travelled=travelled, without=without
    )
    for since, until in looking.stretches():
        looking.look(supply, busy, since, until)
        if looking.is_enough(until):
            break
    return looking.found()


class Looking:
    """A search under way: stretch after stretch is looked through until it `is_enough`.

    `notice`: minutes before the visit, where other than the rules say. `without`: starts (minutes) that are not offered
    with one clinician (id); with another one they are.
    """

    def __init__(
        self,
        want: Want,
        booking: Booking,
        sites: Mapping[str, Site],
        now: datetime,
        *,
        count: int,
        a_half_day: int = 0,
        travelled: travel.Travel | None = None,
        notice: int | None = None,
        without: Collection[tuple[int, int]] = (),
    ) -> None:
        if want.minutes <= 0:
            raise ValueError("a visit takes at least a minute")
        self.want, self._booking, self._count, self._a_half_day = want, booking, count, a_half_day
        self.looks_back = want.before + booking.grid_minutes
        """Minutes before a start that matter to it: what is kept free, and a gap that it fills."""
        self._travelled = travelled or travel.estimated(booking)
        self._without = frozenset(without)
        self._a_day = ordering.a_day(want, booking)
        soonest = spans.minute_after(now)
        soonest += booking.notice_minutes if notice is None else notice
        here = (self._window(number, sites[slug], now, soonest) for number, slug in enumerate(want.sites))
        self.here: tuple[_Here, ...] = tuple(each for each in here if each.first < each.end)
        self._begins = max(min((each.today for each in self.here), default=date.min), want.not_before or date.min)
        self._ends = max((local_date(each.end - 1, each.site.tz) for each in self.here), default=date.min)
        self._kept: list[_Start] = []
        self._fit: dict[int, tuple[str, Bookable]] = {}
        self._gains: dict[tuple[int, int], int] = {}
        self._hindered = Hindered()
        self._had: set[int] = set()

    def _window(self, number: int, site: Site, now: datetime, soonest: int) -> _Here:
        today = now.astimezone(site.tz).date()
        last = today + timedelta(days=self._booking.horizon_days)
        if self.want.not_after is not None:
            last = min(last, self.want.not_after)
        opens = day(self.want.not_before or today, site.tz).start
        return _Here(number, site.slug, site, today, max(soonest, opens), day(last, site.tz).end)

    def stretches(self) -> Iterator[Span]:
        """What to look through, in turn: a day, then each time twice as many, to the first midnight of all sites."""
        if not self.here:
            return
        since = min(each.first for each in self.here)
        end = max(each.end for each in self.here)
        zones = {each.site.tz for each in self.here}
        on, days = min(local_date(since, zone) for zone in zones), 1
        while since < end:
            on += timedelta(days=days)
            until = min(*(day(on, zone).start for zone in zones), end)
            if since < until:
                yield since, until
                since, days = until, days * 2

    # Looking through

    def look(self, supply: Sequence[Bookable], busy: Busy, since: int, until: int) -> None:
        """Take in every start from `since` up to `until`. `supply` names everybody each time; it and `busy` hold at
        least the local days between."""
        starts: list[_Start] = []
        fit = self.worth_a_look(supply, since, until)
        taken = {who.id: spans.joined(busy.spans.get(who.id, ())) for who in fit}
        rooms: dict[int, Rooms] = {}
        known = {one.id: one for one in supply} if self.want.service == "group" else {}
        for here in self.here:
            days = self._days(here, max(since, here.first), min(until, here.end))
            if not days:
                continue
            if self.want.service == "group":
                starts += self._sessions(here, days, busy.sessions, known)
                continue
            best: dict[int, int] = {}
            for place, who in enumerate(fit):
                self._gather(
                    best, here, days, who, place, len(fit), taken[who.id], busy.visits.get(who.id, ())
                )
            starts += self._placed(best, here, days, fit, taken)
            if self.want.setting == "clinic":
                around = since - self.want.before, until + self.want.minutes + self.want.after
                rooms[here.number] = Rooms(self.want, here.slug, supply, busy, *around)
        self._keep(starts, rooms)

    def worth_a_look(self, supply: Sequence[Bookable], since: int, until: int) -> list[Bookable]:
        """The clinicians who fit and of whom a time between could come among the best, by id."""
        fit = [who for who in supply if who.kind == "clinician" and self._fits(who)]
        if self.want.service != "group":  # a session whose therapist is away is named as such
            fit = [who for who in fit if any(one.start < until and one.end > since for one in who.open)]
        if self.has_enough:
            days = [
                (here, self._days(here, max(since, here.first), min(until, here.end))) for here in self.here
            ]
            fit = [
                who
                for who in fit
                if any(self._promises(who, here, today) for here, each in days for today in each)
            ]
        return sorted(fit, key=lambda who: who.id)

    @property
    def has_enough(self) -> bool:
        """Whether as many times as were asked for are kept, though better ones may come."""
        return len(self._kept) == self._count

    def _promises(self, who: Bookable, here: _Here, today: Day) -> bool:
        """Whether a time of this clinician on that day, later than all that are kept, could come before the last of
        them: it would need more points."""
        if not self.has_enough:
            return True
        gain = self._gains.get((who.id, here.number), 0) - (today.on - here.today).days * self._a_day
        if ordering.may_be_stated(self.want, today):
            gain += self._booking.stated_times
        if self.want.service != "group":
            gain += self._booking.fills_gap
        return gain > -self._kept[-1].loss

    def _fits(self, who: Bookable) -> bool:
        if who.id not in self._fit:
            code = fitting.stands_in_the_way(self.want, who) or fitting.has_left(who, self._begins)
            if not code and self.want.setting == "home":
                places = [each for each in self.here if each.slug in who.sites]
                if not any(fitting.comes_home(self.want, who, each.site) for each in places):
                    code = "too_far" if self.want.home else "no_place"
            if code:
                self._hindered.add(code)
            self._fit[who.id] = code, who
            for here in self.here if not code else ():
                self._gains[who.id, here.number] = sum(
                    why.points
                    for why in ordering.of_whom(self.want, self._booking, who, here.number, here.slug)
                )
        return not self._fit[who.id][0]

    def _days(self, here: _Here, since: int, until: int) -> list[Day]:
        """The site's days with starts to look through, each cut to them (`start`, `end`)."""
        found = []
        on = local_date(since, here.site.tz)
        while since < until:
            whole = day(on, here.site.tz)
            found.append(whole._replace(start=since, end=min(whole.end, until)))
            since, on = whole.end, on + timedelta(days=1)
        return found

    def _gather(
        self,
        best: dict[int, int],
        here: _Here,
        days: Sequence[Day],
        who: Bookable,
        place: int,
        many: int,
        taken: Sequence[Span],
        visits: Sequence[Visit],
    ) -> None:
        """Put the starts of one clinician among the best of this site: by gain, then whether their day has begun, then
        by id, all in one number."""
        want, grid = self.want, self._booking.grid_minutes
        if here.slug not in who.sites or not (opened := self._opened(who, here, days[0].start, days[-1].end)):
            return
        gain, gap = self._gains[who.id, here.number], self._booking.fills_gap
        long = want.minutes + want.after
        days = [today for today in days if self._promises(who, here, today)]
        begun = [self._begun(here, today, taken) for today in days]
        full = [self._is_full(who, here, today, visits) for today in days]
        elsewhere = [
            visit for visit in visits if visit.place is not None and visit.place != self._place(here)
        ]
        without = {start for start, clinician in self._without if clinician == who.id}
        number, had, on_road, limited = 0, False, False, False
        for piece in free.pieces(opened, taken):
            start, end = self._reachable(piece, here, visits) if elsewhere else (piece.start, piece.end)
            on_road = on_road or end - start < want.before + long <= piece.end - piece.start
            last = end - long
            first = start + want.before
            near = -1 if piece.before is None else piece.before + want.before + grid
            far = last + grid if piece.after is None else piece.after - long - grid
            while first <= last and number < len(days):
                today = days[number]
                if today.end <= first:
                    number += 1
                    continue
                if last < today.start:
                    break
                begin = max(first, today.start)
                begin += -begin % grid
                stop = min(last + 1, today.end)
                if begin < stop and full[number]:
                    limited = True
                    self._hindered.add("limit")
                elif begin < stop:
                    value = ((gain * 2) + begun[number]) * many + many - 1 - place
                    filled = (((gain + gap) * 2) + begun[number]) * many + many - 1 - place
                    for minute in range(begin, stop, grid):
                        if minute in without or (
                            want.elsewhere and self._is_elsewhere(minute, minute + want.minutes)
                        ):
                            continue
                        known = filled if minute < near or minute > far else value
                        if known > best.get(minute, -1):
                            best[minute] = known
                    had = True
                if stop == last + 1:
                    break
                first = today.end
        if had:
            self._had.add(who.id)
        self._hindered.look_at(who.id, had=had, by_road=on_road, by_limit=limited)

    def _opened(self, who: Bookable, here: _Here, since: int, until: int) -> list[Span]:
        want = self.want
        if want.setting == "home" and not fitting.comes_home(want, who, here.site):
            return []
        until += want.minutes + want.after
        since -= want.before
        return spans.joined(
            (stretch.start, stretch.end)
            for stretch in who.open
            if stretch.end > since
            and stretch.start < until
            and stretch.site == here.slug
            and want.setting in stretch.settings
            and (not stretch.programs or want.program in stretch.programs)
        )

    def _is_elsewhere(self, start: int, end: int) -> bool:
        """Whether they are at another visit of theirs. What is kept around a visit is the therapist's, not theirs."""
        return any(begins < end and start < ends for begins, ends in self.want.elsewhere)

    def _reachable(self, piece: free.Piece, here: _Here, visits: Sequence[Visit]) -> Span:
        """A free piece without the minutes on the road from the visit before it and to the one after it."""
        if self.want.setting == "telehealth":
            return piece.start, piece.end
        place = self._place(here)
        after = bisect_right(visits, piece.start, key=lambda visit: visit.end)
        start, end = piece.start, piece.end
        before = visits[after - 1] if after else None
        if before is not None and before.place is not None:
            start = max(start, before.end + self._travelled(before.place, place))
        following = visits[after] if after < len(visits) else None
        if following is not None and following.place is not None:
            end = min(end, following.start - self._travelled(place, following.place))
        return start, end

    @property
    def places(self) -> set[Place]:
        """Where the visit could be."""
        return {self._place(here) for here in self.here}

    def _place(self, here: _Here) -> Place:
        if self.want.setting == "home" and self.want.home is not None:
            return self.want.home
        return Place(here.site.latitude, here.site.longitude)

    def _is_full(self, who: Bookable, here: _Here, today: Day, visits: Sequence[Visit]) -> bool:
        """Whether no other evaluation of this person's kind goes into the clinician's day."""
        if self.want.service != "evaluation":
            return False
        whole = day(today.on, here.site.tz)
        had = [visit for visit in visits if visit.evaluation and whole.start <= visit.start < whole.end]
        most = who.new_patients_a_day if self.want.new_patient else None
        newcomers = sum(visit.new_patient for visit in had)
        return len(had) >= who.evaluations_a_day or (most is not None and newcomers >= most)

    def _begun(self, here: _Here, today: Day, taken: Sequence[Span]) -> bool:
        """Whether the clinician has a visit on that day already."""
        whole = day(today.on, here.site.tz)
        index = bisect_right(taken, whole.start, key=lambda span: span[1])
        return index < len(taken) and taken[index][0] < whole.end

    def _placed(
        self,
        best: Mapping[int, int],
        here: _Here,
        days: Sequence[Day],
        fit: Sequence[Bookable],
        taken: Mapping[int, Sequence[Span]],
    ) -> Iterator[_Start]:
        """The best of each time as starts with their points."""
        many, grid = len(fit), self._booking.grid_minutes
        for today in days:
            ahead = (today.on - here.today).days * self._a_day
            stated_from, stated_to = ordering.stated_hours(self.want, today, here.site.tz)
            for minute in range(today.start + -today.start % grid, today.end, grid):
                value = best.get(minute)
                if value is None:
                    continue
                rest, place = divmod(value, many)
                gain, begun = divmod(rest, 2)
                who = fit[many - 1 - place].id
                end = minute + self.want.minutes
                stated = ordering.as_stated(self.want, minute, end, today, stated_from, stated_to)
                points = gain - ahead + (self._booking.stated_times if stated else 0)
                fills = gain > self._gains[who, here.number]
                yield _Start(-points, minute, not begun, here.number, who, "", stated, fills, None, None)

    def _sessions(
        self, here: _Here, days: Sequence[Day], sessions: Sequence[Session], known: Mapping[int, Bookable]
    ) -> Iterator[_Start]:
        """Groups with a seat left whose therapist and room are open for them, as starts."""
        for session in sessions:
            who = self._fit.get(session.clinician)
            if (
                session.seats_left <= 0
                or session.kind != self.want.kind
                or session.site != here.slug
                or session.program not in ("", self.want.program)
                or (session.start, session.clinician) in self._without
                or who is None
                or who[0]
                or self._is_elsewhere(session.start, session.end)
            ):
                continue
            for today in days:
                if today.start <= session.start < today.end and _may_stand(session, known):
                    hours = ordering.stated_hours(self.want, today, here.site.tz)
                    stated = ordering.as_stated(self.want, session.start, session.end, today, *hours)
                    points = self._gains[session.clinician, here.number]
                    points -= (today.on - here.today).days * self._a_day
                    points += self._booking.stated_times if stated else 0
                    self._had.add(session.clinician)
                    if self._is_elsewhere(session.start, session.end):
                        continue
                    yield _Start(
                        -points,
                        session.start,
                        False,
                        here.number,
                        session.clinician,
                        session.id,
                        stated,
                        False,
                        session,
                        session.resources,
                    )

    def _keep(self, starts: list[_Start], rooms: Mapping[int, Rooms]) -> None:
        """Keep the best of what was kept and what was found, for which rooms and devices are free."""
        kept: list[_Start] = []
        halves: dict[tuple[int, date, bool], int] = {}
        for one in sorted([*self._kept, *starts], key=lambda one: one[:6]):
            if len(kept) == self._count:
                break
            half = self._half(one)
            if self._a_half_day and halves.get(half, 0) >= self._a_half_day:
                continue
            if one.rooms is None:
                free_rooms: tuple[int, ...] | None = ()
                if one.site in rooms:
                    free_rooms = rooms[one.site].free_together(*self._claimed(one))
                if free_rooms is None:
                    self._hindered.add("no_room")
                    continue
                one = one._replace(rooms=free_rooms)
            halves[half] = halves.get(half, 0) + 1
            kept.append(one)
        self._kept = kept

    def _half(self, one: _Start) -> tuple[int, date, bool]:
        zone = self._here(one.site).site.tz
        on = local_date(one.start, zone)
        return one.site, on, one.start >= day(on, zone).noon

    def _claimed(self, one: _Start) -> Span:
        return one.start - self.want.before, one.start + self.want.minutes + self.want.after

    def _here(self, number: int) -> _Here:
        return next(each for each in self.here if each.number == number)

    # How it ends

    def is_enough(self, until: int) -> bool:
        """Whether nothing that begins at `until` or later can come among the best: with as many points as the last of
        them it would still come after it, or nobody fits at all."""
        if self._fit and all(code for code, _ in self._fit.values()):
            return True
        if not self.has_enough:
            return False
        to_come = [here for here in self.here if until < here.end]
        if not to_come:
            return True
        ahead = min((local_date(max(until, here.first), here.site.tz) - here.today).days for here in to_come)
        most = max(self._gains.values(), default=0) - self._a_day * ahead
        if ordering.states_times(self.want):
            most += self._booking.stated_times
        if self.want.service != "group":
            most += self._booking.fills_gap
        return -self._kept[-1].loss >= most

    def found(self) -> Found:
        """The slots, and where they are fewer than asked for, what stood in the way."""
        if self.has_enough:
            return Found(tuple(self._slot(one) for one in self._kept))
        without = {who.id for code, who in self._fit.values() if not code} - self._had
        leaving = {who.id for _, who in self._fit.values() if who.last_day is not None and who.last_day < self._ends}
        missing = self._hindered.counted(without, leaving, group=self.want.service == "group")
        if not self.here:
            missing["outside_window"] = len(self.want.sites)
        return Found(tuple(self._slot(one) for one in self._kept), missing)

    def _slot(self, one: _Start) -> Slot:
        here = self._here(one.site)
        who = self._fit[one.clinician][1]
        end = one.start + self.want.minutes if one.session is None else one.session.end
        claimed = self._claimed(one) if one.session is None else one.session.claimed
        resources = tuple(sorted({one.clinician, *(one.rooms or ())}))
        why = tuple(self._whys(one, who, here))
        points = sum(each.points for each in why)
        assert points == -one.loss, "the reasons add up to the points"
        return Slot(
            one.start,
            end,
            claimed,
            here.slug,
            self.want.setting,
            one.clinician,
            resources,
            points,
            why,
            one.group,
        )

    def _whys(self, one: _Start, who: Bookable, here: _Here) -> Iterator[Why]:
        ahead = (local_date(one.start, here.site.tz) - here.today).days
        yield ordering.soonest(self.want, self._booking, ahead)
        if one.stated:
            yield Why("stated_times", self._booking.stated_times)
        elif ordering.states_times(self.want):
            yield Why("outside_times")
        yield from ordering.of_whom(self.want, self._booking, who, here.number, here.slug)
        if one.fills_gap:
            yield Why("fills_gap", self._booking.fills_gap)
        if one.opens_day:
            yield Why("opens_block")


def _may_stand(session: Session, known: Mapping[int, Bookable]) -> bool:
    """Whether all that a group takes is open for it, as for any visit that stands (`unfit`)."""
    takes = [known.get(each) for each in session.resources]
    during = session.start, session.end
    return all(
        one is not None and opening.is_open(one, during, site=session.site, setting="clinic", program=session.program)
        for one in takes
    )
