"""On which line of a practice file something stands, for whoever has to mend it. Pure.

`tomllib` says lines of what is no TOML, and none of a value; so the headers, keys and list entries of a file are found
here, in a text that it has read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from firstvisit.practice.content import KINDS
from firstvisit.practice.problems import path_of

Path = tuple[str | int, ...]

_PART: Final = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_NAME: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_NAME})[ \t]*\]")
_KEY: Final = re.compile(rf"[ \t]*({_NAME})[ \t]*=")
_TOKEN: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|'''
    r'''\#[^\n]*|\n|[\[\]{},]|[^\s\[\]{},\#"']+|[ \t\r]+|.''',
    re.DOTALL,
)
_PLACE: Final = re.compile(r"(?P<file>[\w/-]+\.toml)(?:, (?P<where>[^:]+))?: (?P<message>.*)", re.DOTALL)
_SECTION: Final = re.compile(r"\Arules, (\w+)(?=[,:])")
_IN_TOML: Final = re.compile(r" \(at line (\d+), column \d+\)$")


def lines_of(text: str) -> dict[Path, int]:
    """The line on which each table, key and entry of a list begins: {("site", 1, "zone"): 34}. Entries count from 0."""
    found: dict[Path, int] = {}
    entries: dict[Path, int] = {}
    table: Path = ()
    position, line = 0, 1
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if header := _HEADER.match(text, position, end):
            table = _opened(_parts(header[2]), header[1] == "[[", entries)
            found.setdefault(table, line)
        elif key := _KEY.match(text, position, end):
            parts = _parts(key[1])
            for n in range(len(parts)):
                found.setdefault((*table, *parts[: n + 1]), line)
            here = (*table, *parts)
            end = _value(text, key.end(), here, line, found)
        line += text.count("\n", position, end) + 1
        position = end + 1
    return found


def placed(sentence: str, texts: Mapping[str, str]) -> str:
    """A problem's sentence with the line it is about: "sites.toml, marquette, zone: ..." becomes "sites.toml, line 34,
    marquette, zone: ...". A section of the rules is named by its file. `texts` are the files by their names; what is in
    none of them stays as it is."""
    said = _PLACE.fullmatch(_SECTION.sub(_file_of_rules, sentence, count=1))
    if said is None or said["file"] not in texts or (said["where"] or "").startswith("line "):
        return sentence
    file, where, message = said["file"], said["where"] or "", said["message"]
    if broken := _IN_TOML.search(message):
        return f"{file}, line {broken[1]}: {message[: broken.start()]}"
    line = _line(file, where, texts[file])
    if line is None:
        return sentence
    return f"{', '.join(part for part in (file, f'line {line}', where) if part)}: {message}"


def _file_of_rules(section: re.Match[str]) -> str:
    return f"rules/{section[1]}.toml"


def _line(file: str, where: str, text: str) -> int | None:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    lines = lines_of(text)
    path = _path(file, where, raw)
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)


def _path(file: str, where: str, raw: Mapping[str, Any]) -> Path:
    """Where in the file a problem is: the entry by its name, then its field."""
    kind = next((kind for kind in KINDS if kind.file == file), None)
    name, _, field = where.partition(", ") if kind is not None else ("", "", where)
    steps: Path = tuple(int(step) if step.isdecimal() else step for step in path_of(field).split(".") if step)
    if kind is None:
        return steps
    entries = raw.get(kind.word)
    if not isinstance(entries, list):
        return (name,)
    named = [n for n, entry in enumerate(entries) if isinstance(entry, dict) and entry.get(kind.named_by) == name]
    if not named and name.startswith("entry ") and name[6:].isdecimal():
        named = [int(name[6:]) - 1]
    return (kind.word, named[-1], *steps) if named else (name,)


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, name))


def _opened(name: Path, one_of_many: bool, entries: dict[Path, int]) -> Path:
    """The path of a header: each list of tables on the way is at its last entry."""
    path: Path = ()
    for n, part in enumerate(name):
        path = (*path, part)
        if one_of_many and n == len(name) - 1:
            entries[path] = entries.get(path, -1) + 1
        if path in entries:
            path = (*path, entries[path])
    return path


def _value(text: str, start: int, key: Path, line: int, found: dict[Path, int]) -> int:
    """Where the value that begins at `start` ends, the lines of its entries kept if it is a list."""
    depth, number, begun, listed = 0, 0, False, False
    for token in _TOKEN.finditer(text, start):
        word = token.group()
        if word == "\n" and depth == 0:
            return token.start()
        if listed and depth == 1 and not begun and word.strip() and word[0] not in "#,]":
            found[(*key, number)], begun = line, True
        if word in ("[", "{"):
            listed = listed or (depth == 0 and word == "[")
            depth += 1
        elif word in ("]", "}"):
            depth -= 1
        elif word == "," and depth == 1 and listed:
            number, begun = number + 1, False
        line += word.count("\n")
    return len(text)
