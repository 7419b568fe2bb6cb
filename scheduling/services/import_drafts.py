"""The office mends what was read: rows, answers, the meaning of columns. Nothing of it is saved before the draft is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduling.domain.columns import NoSuchFile
from scheduling.domain.import_changes import DraftGone
from scheduling.domain.import_documents import file_document
from scheduling.domain.import_questions import LASTING, Answers, with_answer
from scheduling.domain.imports import SchoolFile
from scheduling.domain.journal import Actor
from scheduling.domain.kept_tables import KeptTable
from scheduling.formats.columns import ensure_columns, header_fingerprint
from scheduling.formats.reading import read_table_again
from scheduling.models import ColumnMapping, ImportAnswer, ImportDraft, SchoolYear
from scheduling.queries.imports import answers_to, files_of, is_named, known_school, reckon
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def mend_row(
    *, draft_id: int, file: int, row: int, cells: Mapping[int, str], by: Actor, now: datetime
) -> None:  # fmt: skip
    """Write other texts in some cells of a row, and read the file again."""
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        table = _table_with(files, file, row)
        texts = [*(table.cells(row) or ())]
        texts += [""] * (len(table.header) - len(texts))
        for place, text in cells.items():
            if 0 <= place < len(texts):
                texts[place] = text
        _read_again(draft, files, file, table.with_row(row, texts[: len(table.header)]))
        _note(session, draft, "imports.mend_row", file, by, now)


def leave_out_row(*, draft_id: int, file: int, row: int, by: Actor, now: datetime) -> None:
    """A row does not count, on purpose."""
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        _read_again(draft, files, file, _table_with(files, file, row).without_row(row))
        _note(session, draft, "imports.leave_out_row", file, by, now)


def restore_row(*, draft_id: int, file: int, row: int, by: Actor, now: datetime) -> None:
    """A row counts again, as it stood in the file."""
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        _read_again(draft, files, file, _table_with(files, file, row).as_written(row))
        _note(session, draft, "imports.restore_row", file, by, now)


def leave_out_file(*, draft_id: int, file: int, by: Actor, now: datetime) -> None:
    """A file was chosen by mistake: the draft goes on without it. The last one stays; then the draft is dropped."""
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        if not 0 <= file < len(files) or len(files) == 1:
            raise NoSuchFile
        draft.file_names = [one.name for number, one in enumerate(files) if number != file]
        draft.records = _documents([one for number, one in enumerate(files) if number != file])
        _note(session, draft, "imports.leave_out_file", file, by, now)


def answer(*, draft_id: int, answers: Answers, by: Actor, now: datetime) -> None:
    """Keep answers with the draft; what became of a question meanwhile is passed over. Raises NoSuchChoice."""
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        year = session.get_one(SchoolYear, draft.year_id)
        asked = reckon(session, year, files, known_school(session, year.id), now, answers_to(session, draft)).questions
        kept = dict(draft.answers)
        for question in asked:
            if question.key not in answers:
                continue
            choice = answers[question.key]
            question.ensure_choice(choice)
            kept[question.key] = choice
            for number, file in enumerate(files):
                if file.name == question.place.file and file.table is not None and file.layout:
                    table = with_answer(file.table, question, choice)
                    if table != file.table:
                        _read_again(draft, files, number, table)
        if kept != draft.answers:
            draft.answers = kept
            record(
                session, by=by, action="imports.answer", subject="import_draft", subject_id=draft.id, now=now,
                answers=len(kept),
            )  # fmt: skip


def name_columns(
    *, draft_id: int, file: int, layout: str, fields: Mapping[int, str], by: Actor, now: datetime
) -> None:  # fmt: skip
    """Say what the columns of a list mean; the next list with these columns is known by itself.

    Raises ColumnsMissing, ColumnTwice or NoSuchList.
    """
    with transaction() as session:
        draft, files = _open(session, draft_id, now)
        table = _table_of(files, file)
        fingerprint = header_fingerprint(table.header)
        if files[file].layout and not is_named(session, files[file]):
            raise NoSuchFile
        columns = ensure_columns(layout, fields, table.header)
        session.execute(delete(ColumnMapping).where(ColumnMapping.fingerprint == fingerprint))
        mapping = ColumnMapping(
            fingerprint=fingerprint, layout=layout, header=[*table.header], columns=columns, created_at=now
        )
        session.add(mapping)
        session.flush()
        for number, other in enumerate(files):
            if other.table is not None and header_fingerprint(other.table.header) == fingerprint:
                files[number] = read_table_again(other, replace(other.table, columns=columns), layout)
        draft.records = _documents(files)
        record(
            session, by=by, action="imports.name_columns", subject="column_mapping", subject_id=mapping.id, now=now,
            layout=layout,
        )  # fmt: skip


def forget_columns(*, mapping_id: int, by: Actor, now: datetime) -> None:
    """A list with these columns is unknown again; forgetting it twice is forgetting it once."""
    with transaction() as session:
        mapping = session.get(ColumnMapping, mapping_id)
        if mapping is not None:
            session.delete(mapping)
            record(
                session, by=by, action="imports.forget_columns", subject="column_mapping", subject_id=mapping_id,
                now=now,
            )  # fmt: skip


def understood(session: Session, files: Sequence[SchoolFile]) -> list[SchoolFile]:
    """The files; a list whose columns the office has named before is read by those names."""
    unknown = [file for file in files if file.table is not None and not file.layout]
    if not unknown:
        return list(files)
    mappings = {mapping.fingerprint: mapping for mapping in session.scalars(select(ColumnMapping))}
    return [_by_mapping(file, mappings) for file in files]


def keep_lasting_answers(session: Session, answers: Answers, now: datetime) -> None:
    """The answers about people hold for the next import too."""
    kinds = tuple(kind.value for kind in LASTING)
    for key, choice in answers.items():
        if key.startswith(kinds):
            session.merge(ImportAnswer(key=key, choice=choice, answered_at=now))


def _by_mapping(file: SchoolFile, mappings: Mapping[str, ColumnMapping]) -> SchoolFile:
    if file.table is None or file.layout:
        return file
    mapping = mappings.get(header_fingerprint(file.table.header))
    if mapping is None:
        return file
    return read_table_again(file, replace(file.table, columns=mapping.columns), mapping.layout)


def _open(session: Session, draft_id: int, now: datetime) -> tuple[ImportDraft, list[SchoolFile]]:
    lock(session, ImportDraft, [draft_id])
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.saved_at is not None or draft.expires_at <= now:
        raise DraftGone
    return draft, list(files_of(draft))


def _table_of(files: Sequence[SchoolFile], number: int) -> KeptTable:
    table = files[number].table if 0 <= number < len(files) else None
    if table is None:
        raise NoSuchFile
    return table


def _table_with(files: Sequence[SchoolFile], number: int, row: int) -> KeptTable:
    table = _table_of(files, number)
    if row not in table.row_numbers or not files[number].layout:
        raise NoSuchFile
    return table


def _read_again(draft: ImportDraft, files: list[SchoolFile], number: int, table: KeptTable) -> None:
    files[number] = read_table_again(files[number], table)
    draft.records = _documents(files)


def _documents(files: Sequence[SchoolFile]) -> dict[str, Any]:
    return {"files": [file_document(file) for file in files]}


def _note(session: Session, draft: ImportDraft, action: str, file: int, by: Actor, now: datetime) -> None:
    record(session, by=by, action=action, subject="import_draft", subject_id=draft.id, now=now, file=file)
