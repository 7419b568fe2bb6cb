"""Names in which a system wrote a question mark for a letter it does not have, beside the names that we know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scheduling.domain.import_changes import KnownSchool
from scheduling.domain.import_names import with_records
from scheduling.domain.imports import GuardianRecord, PupilRecord, Record, SchoolFile

LOST = "?"
NAMES = ("given_name", "surname_prefix", "surname")


def with_known_letters(files: Iterable[SchoolFile], known: KnownSchool) -> list[SchoolFile]:
    """`Y?ld?z` is `Yıldız` when this pupil, or a guardian of this pupil, bears that name."""
    pupils = {pupil.number: [pupil.fields] for pupil in known.pupils}
    people = {guardian.id: guardian.fields for guardian in known.guardians}
    guardians: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for relation in known.relations:
        guardians[relation.pupil].append(people[relation.guardian_id])

    def mended(record: Record) -> Record:
        if isinstance(record, PupilRecord):
            return _as_known(record, pupils.get(record.number, ()))
        if isinstance(record, GuardianRecord):
            return _as_known(record, guardians.get(record.pupil_number, ()))
        return record

    return [with_records(file, (mended(record) for record in file.records)) for file in files]


def whole_again(text: str, known: str) -> str:
    """The known name, if the text is that name with question marks for letters beyond ASCII."""
    if LOST not in text or len(text) != len(known):
        return text
    fits = all(mine == own or (mine == LOST and not own.isascii()) for mine, own in zip(text, known, strict=True))
    return known if fits else text


def _as_known(record: PupilRecord | GuardianRecord, candidates: Sequence[Mapping[str, object]]) -> Record:
    for fields in candidates if any(LOST in getattr(record, name) for name in NAMES) else ():
        names: dict[str, Any] = {name: whole_again(getattr(record, name), str(fields[name])) for name in NAMES}
        if not any(LOST in name for name in names.values()):
            return replace(record, **names)
    return record
