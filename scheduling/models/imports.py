"""Uploaded school files, kept for a day until the office has looked; and what the office said about files, kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.models.base import Base, Moment


class ImportDraft(Base):
    """What was read from uploaded files: plain records and problems. Saved or dropped within 24 hours."""

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime | None] = mapped_column(Moment)
    file_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    records: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """What the office answered to the questions about these files, by the key of the question."""
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    """Of the people as they were when the preview was made: saving over a changed house shows the preview again."""


class ColumnMapping(Base):
    """What the columns of a list mean that only this school has; a list with the same header is known by it."""

    __tablename__ = "column_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    layout: Mapped[str] = mapped_column(String(40))
    header: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[dict[str, int]] = mapped_column(JSON)
    """Per field of the layout the place of its column."""
    created_at: Mapped[datetime] = mapped_column(Moment)


class ImportAnswer(Base):
    """An answer of the office that holds for the next import too; nobody can be read from its key."""

    __tablename__ = "import_answer"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    choice: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[datetime] = mapped_column(Moment)


class ImportUndo(Base):
    """How things were before the last import, as long as it may be taken back. There is at most one."""

    __tablename__ = "import_undo"

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    journal_id: Mapped[int]
    """The line that tells of this import: what stands behind it in the journal came later."""
    file_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    talks: Mapped[int] = mapped_column(default=0)
    """Talks that moved or fell away by it."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Per table: keys of rows that were added, rows that were removed, and old and new values of rows that changed."""
