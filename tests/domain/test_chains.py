"""One person's talks of a day, one after the other."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.chains import Link, Pace, chain, days_of


def link(key: str, *starts: int, leader: str = "", minutes: int = 20, fixed: bool = False) -> Link:
    return Link(key, leader or key, minutes, dict.fromkeys(starts, 0), fixed)


def test_talks_that_can_follow_each_other_do():
    every = range(0, 120, 10)
    assert chain([link("a", *every), link("b", *every), link("c", *every)], Pace()) == {"a": 0, "b": 20, "c": 40}


def test_there_is_time_to_walk_to_another_leader_and_none_is_needed_with_the_same():
    every = range(0, 120, 10)
    assert chain([link("a", *every), link("b", *every)], Pace(walk=10)) == {"a": 0, "b": 30}
    assert chain([link("a", *every, leader="x"), link("b", *every, leader="x")], Pace(walk=10)) == {"a": 0, "b": 20}


def test_a_leader_pauses_after_a_long_row():
    every = range(0, 200, 20)
    links = [link(key, *every, leader="x") for key in "abc"]
    assert sorted(chain(links, Pace(slot=20, most=40)).values()) == [0, 20, 60]


def test_as_many_as_fit_go_before_little_waiting():
    links = [link("a", 0), link("b", 20), link("c", 200)]
    assert len(chain(links, Pace())) == 3
    assert chain([link("a", 0, 60), link("b", 80)], Pace()) == {"a": 60, "b": 80}


def test_what_stands_stays_and_the_others_come_around_it():
    made = chain([link("a", 40, fixed=True), link("b", *range(0, 100, 10)), link("c", *range(0, 100, 10))], Pace())
    assert made["a"] == 40
    assert sorted(made.values()) == [0, 20, 40]


def test_a_family_comes_on_one_day_and_the_fullest_day_goes_first():
    every = range(0, 100, 20)
    first = {"a": link("a", *every), "b": link("b", *every)}
    second = {"a": link("a", *every), "b": link("b", *every), "c": link("c", *every)}
    made = days_of({"mon": first, "tue": second}, {"a": "f", "b": "f", "c": "g"}, Pace())
    assert made == {"tue": {"a": 0, "b": 20, "c": 40}, "mon": {}}
    stands = {"mon": {"a": link("a", 0, fixed=True)}, "tue": {"b": link("b", *every)}}
    assert days_of(stands, {"a": "f", "b": "f"}, Pace()) == {"mon": {"a": 0}, "tue": {}}


def test_a_family_that_fits_in_part_goes_whole_to_another_day_where_it_can():
    early, late = range(0, 60, 20), range(0, 100, 20)
    names = {"a1": "a", "a2": "a", "b1": "b", "b2": "b"}
    days = {day: {key: link(key, *starts) for key in names} for day, starts in (("mon", early), ("tue", late[:3]))}
    made = days_of(days, names, Pace())
    assert sorted(len(own) for own in made.values()) == [2, 2]
    one = days_of({"mon": days["mon"]}, names, Pace())
    assert len(one["mon"]) == 3


LINKS = st.lists(st.tuples(st.sampled_from("xyz"), st.sets(st.integers(0, 8), min_size=1), st.booleans()), max_size=5)


@settings(deadline=None, max_examples=60)
@given(LINKS, st.sampled_from([0, 10]))
def test_nobody_does_better_than_the_chain(rows: list[tuple[str, set[int], bool]], walk: int):
    """Of up to five talks every order was tried: none holds more, or as many with less waiting."""
    links = [
        Link(str(n), leader, 20 if double else 10, dict.fromkeys((10 * at for at in starts), 0))
        for n, (leader, starts, double) in enumerate(rows)
    ]
    made = chain(links, Pace(walk=walk))
    assert (len(made), -idle(links, made)) == max(every_way(links, walk), default=(0, 0))
    assert holds(links, made, walk)


def every_way(links: list[Link], walk: int) -> list[tuple[int, int]]:
    found = []
    for size in range(len(links) + 1):
        for some in itertools.combinations(links, size):
            for starts in itertools.product(*(link.starts for link in some)):
                made = {link.key: start for link, start in zip(some, starts, strict=True)}
                if holds(links, made, walk):
                    found.append((size, -idle(links, made)))
    return found


def spans(links: list[Link], made: dict[str, int]) -> list[tuple[int, int, str]]:
    known = {link.key: link for link in links}
    return sorted((start, start + known[key].minutes, known[key].leader) for key, start in made.items())


def holds(links: list[Link], made: dict[str, int], walk: int) -> bool:
    return all(
        later[0] >= earlier[1] + (0 if later[2] == earlier[2] else walk)
        for earlier, later in itertools.pairwise(spans(links, made))
    )


def idle(links: list[Link], made: dict[str, int]) -> int:
    return sum(later[0] - earlier[1] for earlier, later in itertools.pairwise(spans(links, made)))
