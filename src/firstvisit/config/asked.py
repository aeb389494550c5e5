"""How often something asks the database, for tests: the same on a fast machine and on a slow one."""

from __future__ import annotations

from typing import Any, Final

from django.test.utils import CaptureQueriesContext

BY_THE_SECOND: Final = ("kernel_clockoffset", "practice_practicerevision", "booking_supplyrevision")
"""What a process asks for again once a second has passed, and so once more wherever a page takes longer than that."""


class Asked(CaptureQueriesContext):
    """The questions of a block but for those that come by the clock."""

    @property
    def captured_queries(self) -> list[dict[str, Any]]:
        """The questions, oldest first."""
        return [one for one in super().captured_queries if not any(table in one["sql"] for table in BY_THE_SECOND)]
