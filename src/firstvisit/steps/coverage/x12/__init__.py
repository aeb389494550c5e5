"""X12 of any sender: bytes to segments to transactions with what is wrong with them, and back. Pure.

`text` (bytes to characters) · `delimiters` (which character ends what) · `pieces` (segments, streamed) ·
`transactions` (envelopes, their counts, faults) · `levels` (the tree of HL) · `parties` (NM1 and what belongs to it) ·
`dates` (DTP) · `writing`. Why our own: docs/why/0026.
"""
