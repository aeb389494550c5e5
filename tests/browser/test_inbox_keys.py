"""Ten faxes of the corpus, confirmed and filed by keys alone, every key counted.

Needs the corpus beside the repository (../shared/corpus); without it the test is skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.test_inbox import machine, unblocked

__all__ = ["machine", "unblocked"]
pytestmark = pytest.mark.browser

CORPUS: Final = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "fax"
PROSE: Final = ("concern", "asks")
"""Words that a person reads and lets stand: there is no one right way to write them."""
MOST: Final = 10
"""Keys and pointer moves for a typical fax."""


def faxes() -> list[Path]:
    """The first ten by number; those whose number is divisible by four stay unseen."""
    found = (path for path in sorted(CORPUS.glob("fax-*")) if path.suffix != ".json")
    return [path for path in found if int(re.findall(r"\d+", path.name)[0]) % 4][:10]


def truth_of(path: str, truth: dict[str, Any]) -> list[str]:
    """What the truth says for a path of the record, as texts; several where the record has a list."""
    head, _, rest = path.partition(".")
    leaf = rest.rpartition(".")[2]
    if head == "diagnoses":
        said = truth.get("diagnoses", []) if leaf == "code" else None
    elif head in ("events", "payers", "frequencies"):
        said = truth.get({"events": "event", "payers": "payer", "frequencies": "frequency"}[head], {}).get(leaf)
    elif rest:
        said = truth.get(head, {}).get(rest) if isinstance(truth.get(head, {}), dict) else None
    else:
        said = truth.get({"disciplines": "discipline"}.get(path, path))
    return [str(each) for each in said] if isinstance(said, list) else [str(said)] if said is not None else []


def plain(text: str) -> str:
    """Without punctuation and order, so that (608) 555-0147 and +16085550147 are one."""
    day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    text = f"{day[3]}-{day[1]}-{day[2]}" if day else text
    bare = re.sub(r"[^0-9a-z]", "", text.casefold().replace("yes", "true"))
    return bare[1:] if len(bare) == 11 and bare.startswith("1") and bare.isdigit() else bare


def _taken(field: Locator, right: list[str]) -> str:
    """The key of another reading of this field that is right, "" where none is."""
    for button in field.locator("button[name=take]").all():
        if plain(button.get_attribute("value") or "") in right:
            return button.get_attribute("data-key") or ""
    return ""


def confirm(page: Page, truth: dict[str, Any]) -> int:
    """Answer every doubt as somebody does who compares it with the paper, confirm the rest and file; how many keys."""
    keys = 0
    while page.locator(".field.on").count():
        field = page.locator(".field.on")
        key = field.locator("[name=key]").get_attribute("value") or ""
        shown = field.locator("[name=text]").input_value()
        path = key.partition(".")[2]
        right = [] if path in PROSE else [plain(each) for each in truth_of(path, truth)]
        if not right or plain(shown) in right or set(map(plain, shown.split(", "))) <= set(right):
            page.keyboard.press("Enter")
            keys += 1
        elif take := _taken(field, right):
            page.keyboard.press(take)
            keys += 1
        else:
            text = truth_of(path, truth)[0]
            page.keyboard.press("e")
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            keys += 2 + len(text)
        expect(page.locator(f'.field.on [name=key][value="{key}"]')).to_have_count(0)
    while page.locator("[data-key=a]").count():
        before = page.locator("#left").inner_text()
        page.keyboard.press("a")
        keys += 1
        expect(page.locator("#left")).not_to_have_text(before)
    expect(page.locator("#left")).to_contain_text("Nothing is left")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    return keys + 1


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository (../shared/corpus)")
def test_ten_faxes_are_confirmed_with_few_keys(machine: Callable[..., Page]) -> None:
    from firstvisit.journey import arriving
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.leads.models import Lead
    from firstvisit.steps.intake import ways_in
    from firstvisit.steps.intake.models import Item
    from firstvisit.steps.intake.sources.delivery import Received

    way = ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    page, counted = machine(), {}
    for path in faxes():
        media = "application/pdf" if path.suffix == ".pdf" else "image/tiff"
        received = Received("document", path.name, "folder", path.read_bytes(), media, name=path.name)
        arrived = arriving.take(way, received)
        assert arrived.item is not None
        arriving.read_one(arrived.item)
        page.goto(f"/inbox/{arrived.item}")
        counted[path.name] = confirm(page, json.loads(Path(f"{path}.json").read_text()))
        assert Item.objects.get(id=arrived.item).status == "settled"
    print(f"keys by fax: {counted}")
    assert len(counted) == 10
    assert max(counted.values()) <= MOST, counted
    assert Lead.objects.count() >= 9
