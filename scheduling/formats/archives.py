"""What stands in one upload: a file, or a zip with the files that a school's system exports at once."""

import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from scheduling.domain.imports import Place, SchoolFile, problem
from scheduling.formats.contents import Kind, kind_of
from scheduling.formats.reading import read_file, refused
from scheduling.formats.tables import MAX_BYTES
from scheduling.formats.unreadable import Unreadable
from scheduling.formats.zips import ensure_sound, open_zip, unpack

MAX_FILES = 60
NAME_LENGTH = 100
LEFT_BY_THE_SYSTEM = ("__MACOSX", ".", "Thumbs.db", "desktop.ini")
"""How names begin that an operating system puts into a zip by itself."""

NO_LISTS = frozenset({"pdf", "word", "picture"})
"""A letter or a picture beside the lists is told and left out; it does not hold up the lists."""


def read_all(name: str, data: bytes) -> list[SchoolFile]:
    """Read an upload: one file, or every file in a zip; what cannot be read comes back as a problem."""
    try:
        if len(data) > MAX_BYTES or kind_of(data) is not Kind.ARCHIVE:
            return [read_file(name, data)]
        return list(_read_members(name, data))
    except Unreadable as reason:
        return [refused(name, reason.code, reason.row, **reason.facts)]


def _read_members(name: str, data: bytes) -> Iterator[SchoolFile]:
    with open_zip(data) as packed:
        ensure_sound(packed)
        if any(_leads_elsewhere(path) for path in packed.namelist()):
            raise Unreadable("strange_path")
        members = [member for member in packed.infolist() if _is_meant(member)]
        if not members:
            raise Unreadable("empty_archive")
        if len(members) > MAX_FILES:
            raise Unreadable("archive_too_full", limit=str(MAX_FILES))
        for member in members:
            yield _read_member(f"{name}/{_shown(member.filename)}", unpack(packed, member))


def _read_member(name: str, data: bytes) -> SchoolFile:
    file = read_file(name, data)
    if file.problems and file.problems[0].code in NO_LISTS:
        return SchoolFile(name, problems=(problem(Place(name), "", "no_list"),))
    return file


def _is_meant(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(part.startswith(LEFT_BY_THE_SYSTEM) for part in parts)


def _leads_elsewhere(path: str) -> bool:
    """A name with which a careless program would write outside its folder."""
    parts = path.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or ":" in path or any(unicodedata.category(c) == "Cc" for c in path)


def _shown(path: str) -> str:
    return path[-NAME_LENGTH:]
