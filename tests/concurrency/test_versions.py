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

ROUNDS, FAMILIES = 2, 6
ROUNDS_OF_A_TWIN = 8
"""A twin goes on until a page is half, so many rounds at most."""

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(600)]


def played(app: Flask, folder: Path, server: str, office: Prepare | None = None, *, twin: bool = True) -> list[str]:
    """The pages that were half when the story had been played; a twin ends at the first round that had any."""
    school = versions.found(app, rounds=ROUNDS_OF_A_TWIN if twin else ROUNDS, families=FAMILIES)
    homes = [(family.guardian_id, family.pupil_ids) for family in school.families]
    half: list[str] = []
    with (
        serving(app, folder, f"tests.concurrency.{server}", workers=2, threads=FAMILIES // 2) as port,
        playing(app, 1, office) as players,
        versions.reading(port, school.families) as everybody_reads,
    ):
        for number, round_id in enumerate(school.round_ids, start=1):
            publish = Act("tests.concurrency.versions.publish", {"round_id": round_id})
            call_off = Act("tests.concurrency.versions.call_all_off", {"round_id": round_id, "homes": homes})
            for act in (publish, call_off, publish):
                assert players.act(act) == (OK,)
                everybody_reads()
            with app.app_context():
                half = versions.mixed(school.families, school.round_ids[:number])
            if twin and half:
                return half
    assert versions.seen(school.families) >= 2 * len(school.round_ids) * FAMILIES, "who reads too little proves nothing"
    return half


def test_a_family_that_reads_while_the_office_publishes_sees_whole_versions_only(any_app: Flask, tmp_path: Path):
    assert played(any_app, tmp_path, "server_that_dawdles", twin=False) == []


def test_without_one_moment_for_all_questions_of_a_page_families_see_two_versions_mixed(any_app: Flask, tmp_path: Path):
    assert played(any_app, tmp_path, "server_without_one_moment")


def test_a_version_that_is_published_piece_by_piece_is_seen_in_pieces(any_app: Flask, tmp_path: Path):
    assert played(any_app, tmp_path, "server_that_dawdles", versions.piece_by_piece)
