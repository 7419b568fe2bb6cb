"""The office makes and publishes draft after draft while families read their page: never two versions on one page.

Over HTTP, on a server of several processes that rests after every question to the database; the office is a process of
its own. Each twin lets go of one guard, and shows pages that are half.
"""

from pathlib import Path

import pytest
from flask import Flask

from tests.concurrency import versions
from tests.concurrency.players import OK, Act, Prepare, playing
from tests.concurrency.race import serving

ROUNDS, FAMILIES = 3, 8

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(600)]


def played(
    app: Flask, folder: Path, server: str, office: Prepare | None = None, *, rounds: int = ROUNDS
) -> versions.School:
    """The whole story, and every page that was read meanwhile."""
    school = versions.found(app, rounds=rounds, families=FAMILIES)
    homes = [(family.guardian_id, family.pupil_ids) for family in school.families]
    story = Act("tests.concurrency.versions.office", {"round_ids": school.round_ids, "homes": homes})
    module = f"tests.concurrency.{server}"
    with (
        serving(app, folder, module, workers=2, threads=FAMILIES // 2) as port,
        playing(app, 1, office) as players,
        versions.reading(port, school.families),
    ):
        assert players.act(story) == (OK,)
    return school


def test_a_family_that_reads_while_the_office_publishes_sees_whole_versions_only(any_app: Flask, tmp_path: Path):
    school = played(any_app, tmp_path, "server_that_dawdles")
    with any_app.app_context():
        assert versions.mixed(school) == []
    assert versions.seen(school) > 2 * ROUNDS * FAMILIES, "who reads too little proves nothing"


def test_without_one_moment_for_all_questions_of_a_page_families_see_two_versions_mixed(any_app: Flask, tmp_path: Path):
    school = played(any_app, tmp_path, "server_without_one_moment")
    with any_app.app_context():
        assert versions.mixed(school)


def test_a_version_that_is_published_piece_by_piece_is_seen_in_pieces(any_app: Flask, tmp_path: Path):
    school = played(any_app, tmp_path, "server_that_dawdles", versions.piece_by_piece, rounds=1)
    with any_app.app_context():
        assert versions.mixed(school)
