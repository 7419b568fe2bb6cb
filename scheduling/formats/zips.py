"""Zip files, and workbooks, which are zip files too, opened with care."""

import io
import zipfile
import zlib

from scheduling.formats.unreadable import Unreadable

MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 60_000_000
LOCAL_HEADER_BYTES = 30
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError)
"""All that the library raises over a zip file that is not what it says."""


def open_zip(data: bytes) -> zipfile.ZipFile:
    """A zip file by its list of members; raises Unreadable when that list cannot be read."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise Unreadable("broken_archive") from error


def ensure_sound(packed: zipfile.ZipFile) -> None:
    """Refuse what unpacks too large, is locked, or points twice at the same bytes; nothing is unpacked yet."""
    members = sorted(packed.infolist(), key=lambda member: member.header_offset)
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Unreadable("locked")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise Unreadable("unpacks_too_large")
    ends = [member.header_offset + LOCAL_HEADER_BYTES + member.compress_size for member in members]
    lie_over_each_other = any(end > later.header_offset for end, later in zip(ends, members[1:], strict=False))
    strange = any(member.compress_type not in METHODS for member in members)
    if lie_over_each_other or strange or len({member.filename for member in members}) < len(members):
        raise Unreadable("broken_archive")


def unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of one member, never more of them than its header promised."""
    try:
        return packed.read(member)
    except BROKEN as error:
        raise Unreadable("broken_archive") from error
