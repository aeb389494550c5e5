"""What reached us, whole and sealed, and what each part of it became."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstvisit.documents.models import Document
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.models import DataKey
from firstvisit.leads.models import Lead


class Item(models.Model):
    """One thing that arrived. `received` means it is safely kept; `settled` that every part found its end;
    `waiting` that a person must look because settling or reading failed three times; `to_confirm` that it is a
    document which was read (its `ItemReading` says what) and a person confirms it.

    `token` makes a repeated delivery the same item (kept seven days), `digest` tells whether the repeat
    said the same, `answer` is what the sender was told. `sealed` is what came with a document: its file name, the
    numbers or addresses it came from and to. `asked_until`: somebody is reading it until then. `joins` is the lead and
    `continues` the item that it goes on with: the first step of its form.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=20)
    sender = models.CharField(max_length=60)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default="received")
    received_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="")
    token = models.UUIDField(null=True, unique=True)
    digest = models.UUIDField()
    answer = models.JSONField(null=True)
    joins = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="+")
    continues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continued_by")
    sealed = models.BinaryField(null=True)
    asked_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=~models.Q(status="settled"), name="item_unsettled"
            ),
            models.Index(
                fields=["received_at"], condition=models.Q(token__isnull=False), name="item_token_age"
            ),
        ]


class Part(models.Model):
    """One patient's share of an item and its single end, found at `at`.

    `red_flags` are those it states itself, `names_patient` whether it says who it is about: what arrives later
    for the same lead may say something new of either. `clock_from` is when its clocks start where that is not
    its arrival (an imported row), `quiet` that nobody waits to be told that it arrived. `number` is which of the
    item's patients it is, counted from 0.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="parts")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="parts")
    end = models.CharField(max_length=16)
    at = models.DateTimeField()
    red_flags = ArrayField(models.CharField(max_length=20), default=list)
    names_patient = models.BooleanField(default=True)
    clock_from = models.DateTimeField(null=True)
    quiet = models.BooleanField(default=False)
    pages = models.SmallIntegerField(default=1)
    number = models.SmallIntegerField(default=0)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__in=["opened", "joined"], lead__isnull=False)
                | models.Q(end="answered")
                | models.Q(end="not_a_lead", signed_by__isnull=False),
                name="part_has_one_end",
            )
        ]


class ItemReading(models.Model):
    """What was read of an item, sealed under the item's key, until a person settles it: the newest reading stands.

    The plain columns are what a list needs and names nobody: `people` as how many it reads, how many values are
    `doubtful` and `likely`, `kind` of thing, `sender` as a blind token by which layouts and accuracy are kept.
    `confirmed` are the referrals that a person confirmed, a list of records.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    engine = models.CharField(max_length=40, default="")
    read_at = models.DateTimeField()
    kind = models.CharField(max_length=20, default="referral")
    channel = models.CharField(max_length=10, default="fax")
    pages = models.SmallIntegerField(default=1)
    people = models.SmallIntegerField(default=1)
    doubtful = models.SmallIntegerField(default=0)
    likely = models.SmallIntegerField(default=0)
    escalates = models.BooleanField(default=False)
    sender = models.UUIDField(null=True)
    sealed = models.BinaryField()
    confirmed = models.BinaryField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["sender"], name="item_reading_sender")]


class Opinion(models.Model):
    """A second opinion of a model on one reading: a network action, `wanted` until `again_at` has come, `asked` until
    `asked_until` (a dead one is wanted again), then `answered`, or `failed` for good with `why`. Names nobody.

    `asked`, `found` and `dropped` count fields: asked for, found to stand in the document, and answered though they do
    not. `tries` counts failures of this one, and with `failed_at` those of all tell when the model is given a rest.
    """

    class Status(models.TextChoices):
        WANTED = "wanted", "wanted"
        ASKED = "asked", "asked"
        ANSWERED = "answered", "answered"
        FAILED = "failed", "failed"

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="opinion")
    status = models.CharField(max_length=10, choices=Status, default=Status.WANTED)
    model = models.CharField(max_length=80)
    wanted_at = models.DateTimeField()
    again_at = models.DateTimeField()
    asked_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(default=0)
    found = models.SmallIntegerField(default=0)
    dropped = models.SmallIntegerField(default=0)
    used = models.BooleanField(default=True)
    why = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["again_at"], condition=models.Q(status__in=["wanted", "asked"]), name="opinion_unended"
            ),
            models.Index(
                fields=["answered_at"], condition=models.Q(answered_at__isnull=False), name="opinion_answered"
            ),
            models.Index(fields=["failed_at"], condition=models.Q(failed_at__isnull=False), name="opinion_failed"),
        ]


class ItemPage(models.Model):
    """One page of an item the right way up. `part` is whose it is, counted from 0; `sealed` its words with their boxes.

    `document` is its picture, made by whoever read it, so that no screen ever decodes what a stranger sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="leaves")
    number = models.SmallIntegerField()
    part = models.SmallIntegerField(default=0)
    turned = models.SmallIntegerField(default=0)
    turn_wanted = models.SmallIntegerField(null=True)
    width = models.IntegerField()
    height = models.IntegerField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_page_once")]


class FieldAnswer(models.Model):
    """What a person said of one value of a reading, and how sure the reading had been. The newest one counts.

    `step` holds together what one key answered, so that it is taken back together (`undone_at`). `sealed` is
    {was, became}. Path, rule, confidence and sender stand open: accuracy is counted from them and names nobody.
    Beside fields there are the paths "pages" (whose they are), "lead" (which one a part joins), "part" (it is no
    referral) and "note".
    """

    class Verb(models.TextChoices):
        CONFIRMED = "confirmed", "confirmed"
        CORRECTED = "corrected", "corrected"
        NOT_STATED = "not_stated", "not stated"
        UNREADABLE = "unreadable", "unreadable"
        MOVED = "moved", "moved"
        NOTED = "noted", "noted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="answers")
    step = models.UUIDField()
    part = models.SmallIntegerField(default=0)
    path = models.CharField(max_length=80)
    verb = models.CharField(max_length=12, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    rule = models.CharField(max_length=60, default="")
    engine = models.CharField(max_length=40, default="")
    confidence = models.FloatField(null=True)
    sender = models.UUIDField(null=True)
    sealed = models.BinaryField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["item", "at"], name="field_answer_item"),
            models.Index(fields=["at"], name="field_answer_at"),
        ]


class SenderLayout(models.Model):
    """Where a sender's form keeps its values: for each field the words beside it, learned from confirmed documents.

    `sender` is the blind token of a number or an organization; `sealed` (under a key of its own) holds words of the
    form and distances, and no value of anybody.
    """

    sender = models.UUIDField(primary_key=True)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    confirmed = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    sealed = models.BinaryField()


class WayIn(models.Model):
    """A door for machines: a watched folder, a mailbox, a vendor's webhook, an HL7 port. `slug` stands in its address.

    `settings` are checked by its kind's own shape; `sealed` are its secrets, as JSON. `status`: off, recording (takes
    deliveries and keeps one as it came, in `recorded` since `recorded_from`, for a person to compare), on.
    `recorded_at` is when one was recorded that was signed and could be used. `on_since` is when it was last switched
    on after being off: from that day on it is asked what it brought. `test_wanted_at`: a person wants it tested, which
    whoever listens does; `tested` is what they found. `last_at` is its last delivery, `looked_at` when we last looked
    or listened there, `error` what went wrong since, in words and without anybody's data. `position` is how far a
    mailbox or a list was read.
    """

    class Status(models.TextChoices):
        OFF = "off", "off"
        RECORDING = "recording", "recording one delivery"
        ON = "on", "on"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    recorded = models.BinaryField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OFF)
    position = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    on_since = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_from = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="")
    test_wanted_at = models.DateTimeField(null=True)
    test_asked_until = models.DateTimeField(null=True)
    tested = models.JSONField(default=dict)


class Delivery(models.Model):
    """One delivery at a door for machines, kept for good so that it is taken once and can be counted.

    `mark` is the sender's own number for it and `digest` that of its bytes, both as blind tokens. `came` is "new",
    "again" (the same file under another number; the item says that it came again), "joined" (a recording and its words
    are one item; `goes_with` is the mark of the recording) or "notice" (nothing to keep: the state of a message).
    `pages` are those the carrier counted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    way = models.ForeignKey(WayIn, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    mark = models.UUIDField()
    digest = models.UUIDField(db_index=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="deliveries")
    came = models.CharField(max_length=6, default="new")
    what = models.CharField(max_length=10)
    pages = models.SmallIntegerField(null=True)
    goes_with = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "mark"], name="delivery_taken_once")]
        indexes = [
            models.Index(fields=["way", "at"], name="delivery_by_day"),
            models.Index(
                fields=["goes_with"], condition=models.Q(goes_with__isnull=False), name="delivery_of_a_recording"
            ),
        ]


class CarrierDay(models.Model):
    """What a carrier itself counts for one of its days: the marks of all it says it brought, as blind tokens. Held
    against `Delivery`; what stands here and not there never reached us."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    way = models.ForeignKey(WayIn, on_delete=models.PROTECT, related_name="told", db_index=False)
    day = models.DateField()
    marks = ArrayField(models.UUIDField(), default=list)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "day"], name="carrier_day_once")]


class ImportRun(models.Model):
    """One file of leads on its way in, row by row in the order of the file, so that it can go on where it stopped.

    `document` is the file, sealed under `key` until it is forgotten; `sealed` its name. `digest` tells the same
    file again. `position` is the number of the last row that found its end, `counts` how many ended how, `checked`
    what a dry run found. `new_today`: whether they ask today, or asked earlier; null until somebody says so. `backlog`
    counts old leads, whose clocks start one after another.
    """

    class Status(models.TextChoices):
        MAPPING = "mapping", "columns to be named"
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked"
        IMPORTING = "importing", "coming in"
        STOPPED = "stopped", "stopped"
        DONE = "done", "done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    digest = models.UUIDField(db_index=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.MAPPING)
    mapping = models.JSONField(default=dict)
    new_today = models.BooleanField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    checked = models.JSONField(default=dict)
    backlog = models.IntegerField(default=0)
    error = models.CharField(max_length=200, default="")


class ImportRow(models.Model):
    """What became of one row: its number as a spreadsheet shows it, the line it begins on, and its single end.

    `digest` recognises the row in another file; `problems` names columns and what to enter, never a value.
    """

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="ended", db_index=False)
    number = models.IntegerField()
    line = models.IntegerField()
    digest = models.UUIDField()
    end = models.CharField(max_length=10)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__in=["opened", "joined"], lead__isnull=False)
                | models.Q(end__in=["repeated", "refused"]),
                name="import_row_has_one_end",
            )
        ]
        indexes = [
            models.Index(
                fields=["digest"], condition=models.Q(end__in=["opened", "joined"]), name="import_row_known"
            ),
            models.Index(
                fields=["run", "number"], condition=models.Q(end="refused"), name="import_row_refused"
            ),
        ]


class CallCard(models.Model):
    """A call while it goes on, or a lead that somebody is adding (`kind`): what was answered so far, sealed, saved as
    it is typed.

    `open` while somebody talks, `kept` when nobody touched it for a while (a task says so), `ended` with the item
    that the call became, or without one when nothing was said; then nothing stays sealed here, for the item keeps it
    all. Whoever last touched it holds it (`holder`, and a lease of kind "call"). `lead` is the lead it is about, where
    that is known, `inbound` that they called us. `urgent_since`: since when words beside a red flag wait to go to a
    clinician.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, default="call", choices=[("call", "a call"), ("add", "a lead being added")])
    inbound = models.BooleanField(default=True)
    sealed = models.BinaryField(null=True)
    site = models.CharField(max_length=60)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="calls")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, default="open")
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    urgent_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "kept"], ended_at__isnull=True)
                | models.Q(status="ended", ended_at__isnull=False),
                name="call_card_open_or_ended",
            )
        ]
        indexes = [
            models.Index(
                fields=["changed_at"], condition=~models.Q(status="ended"), name="call_card_unended"
            ),
            models.Index(
                fields=["urgent_since"], condition=models.Q(urgent_since__isnull=False), name="call_card_urgent"
            ),
        ]


class CommunityEvent(models.Model):
    """A screening day, talk or fair of the practice where people sign up: by its QR form or on a paper sheet.

    `slug` stands in its public address. `welcome_*` is what the form says above its fields.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    on = models.DateField()
    site = models.CharField(max_length=60)
    program = models.CharField(max_length=60, default="")
    welcome_en = models.CharField(max_length=500, default="")
    welcome_es = models.CharField(max_length=500, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)


class Guide(models.Model):
    """Something to read that the practice gives away: a PDF of its own or an address of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="en")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=300, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, address="")
                | (models.Q(document__isnull=True) & ~models.Q(address="")),
                name="guide_is_one_thing",
            )
        ]
