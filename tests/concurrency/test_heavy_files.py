"""While the reading process is busy with a heavy file, the app answers everybody else at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.concurrency.heavy_files import Office, Sent, office_at_work, send_while_others_ask
from tests.formats.files import PUPILS, archive, guardian, guardians

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(300)]

A_SECOND = 1.0
MEGABYTE = 1_000_000


@pytest.fixture
def office(app: Flask, tmp_path: Path) -> Iterator[Office]:
    with office_at_work(app, tmp_path) as office:
        yield office


def patience(sent: Sent) -> float:
    """A second; more on a machine that is busy with other things, where every page takes long."""
    return A_SECOND + 20 * sent.usual_wait


def test_others_are_answered_within_a_second_while_heavy_files_are_read(office: Office) -> None:
    pupils = f"{PUPILS}\r\n".encode() + b"".join(b"%d;Noor;;Hof;3\r\n" % n for n in range(20_000))
    rows = guardians(*(guardian(f"{n}", email=f"ouder{n}@example.org") for n in range(6_000)))
    for files in (
        {"leerlingen.csv": pupils, "verzorgers.csv": rows},
        {"elementen.xml": b"<EDEX>" + b"<a/>" * 4_000_000, "letters.zip": archive([("a.csv", b"x" * 50 * MEGABYTE)])},
    ):
        sent = send_while_others_ask(office, files)
        assert sent.status == 200
        assert max(sent.waits) < patience(sent), sorted(sent.waits)[-5:]


def test_sixty_megabytes_get_a_clear_page(office: Office) -> None:
    sent = send_while_others_ask(office, {"groot.csv": b"x" * 60 * MEGABYTE})
    assert sent.status == 413
    assert "Dit bestand is te groot. Het mag hoogstens 40 MB zijn." in sent.page
    assert max(sent.waits) < patience(sent), sorted(sent.waits)[-5:]


def test_a_form_without_files_is_small_whoever_sends_it(office: Office) -> None:
    status, page = Office(office.port).ask("POST", "/staff/sign-in", email="x" * 3 * MEGABYTE)
    assert status == 413
    assert "te groot" in page
