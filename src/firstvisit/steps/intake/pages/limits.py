"""How much a file may ask of us. A file from outside is untrusted: beyond these it is refused in words."""

from __future__ import annotations

MOST_BYTES = 32 * 2**20
"""A hundred pages of fax have some 5 MB; a carrier refuses more than 20 to 50."""

MOST_PAGES = 120
"""The longest chart copies that practices are sent have some 100 pages; what is longer a person splits."""

MOST_DOTS = 40_000_000
"""Of one page: a sheet of 11 by 17 inches at 400 dots to the inch has 30 million."""

UNPACKING_MEMORY = 1_200 * 2**20
"""Address space of the process that opens a file, in bytes."""

UNPACKING_SECONDS = 60
"""For a whole file, of the processor and of the clock of the wall."""

LOOKING_MEMORY = 3_500 * 2**20
"""Address space of the process that looks at pictures; libraries count in it, so it is more than it holds."""

LOOKING_SECONDS = 90
"""For one page; the slowest measured took 15 on a machine that was busy with other things."""

UNDERSTANDING_MEMORY = 1_000 * 2**20
"""Address space of the process that understands words; with its vocabularies it holds some 120 MB."""

TEXT_SECONDS = 20
"""For one text, of the clock of the wall; most take a tenth of a second, of which the machine may be short."""

WORDS_SECONDS = 60
"""For the words of all pages of a document."""
