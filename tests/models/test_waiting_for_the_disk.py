"""What a family was told stays, also when the power goes: the database waits for the disk."""

from pathlib import Path

from sqlalchemy import text

from app import create_app
from scheduling.models import db
from tests.conftest import SETTINGS

FULL = 2


def test_sqlite_waits_until_what_was_written_is_on_the_disk(tmp_path: Path):
    app = create_app(SETTINGS | {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/school.sqlite"})
    with app.app_context():
        assert db.session.scalar(text("PRAGMA synchronous")) == FULL
        db.session.remove()
        db.engine.dispose()
