"""The sample schools are the same every time, count what they promise, and import without an error."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from scheduling.domain.imports import AvailabilityRecord, Severity, combine
from scheduling.domain.people import StaffRole, is_adult
from scheduling.domain.years import Region, start_window, year_period
from scheduling.formats.holidays import holidays_of
from scheduling.formats.process import paths_in, read_files
from scheduling.formats.reading import read_file
from scheduling.samples.__main__ import main
from scheduling.samples.beuk import beuk
from scheduling.samples.linde import linde
from scheduling.samples.schools import SUMMER_ENDS, guardian_rows
from scheduling.samples.vlier import vlier
from scheduling.samples.writing import SCHOOLS, write_sample

ON = date(2027, 8, 1)
REGIONS = {"linde": Region.MIDDLE, "vlier": Region.SOUTH, "mbo": Region.NORTH, "beuk": Region.FLANDERS}
UNDIALLABLE = ("+31 00 000", "+32 00 000")


def read_folder(folder: Path):
    return [read_file(path.name, path.read_bytes()) for path in paths_in([folder])]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in SCHOOLS}
    for name, folder in made.items():
        write_sample(name, folder, year="2027-2028")
    return made


@pytest.fixture(scope="module")
def images(folders):
    return {name: combine(read_folder(folder), on=ON) for name, folder in folders.items()}


@pytest.mark.parametrize("name", SCHOOLS)
def test_a_sample_school_has_the_same_bytes_every_time(name, folders, tmp_path):
    assert main([name, str(tmp_path)]) == 0
    assert [path.name for path in paths_in([tmp_path])] == [path.name for path in paths_in([folders[name]])]
    for path in paths_in([tmp_path]):
        assert path.read_bytes() == (folders[name] / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", SCHOOLS)
def test_a_sample_school_imports_with_warnings_only(name, images):
    assert not [problem for problem in images[name].problems if problem.severity is Severity.ERROR]


def test_another_year_has_the_same_people_a_year_younger(tmp_path):
    assert main(["linde", str(tmp_path), "--year", "2026-2027"]) == 0
    image = combine(read_folder(tmp_path), on=date(2026, 8, 1))
    assert len(image.pupils) == 240
    assert not image.has_errors


def test_a_year_that_is_none_is_refused(tmp_path):
    assert main(["linde", str(tmp_path), "--year", "2027"]) == 2


def test_de_linde_has_240_pupils_in_ten_groups(images):
    image = images["linde"]
    sizes = Counter(pupil.class_name for pupil in image.pupils)
    assert sizes == {
        "1/2a": 24, "1/2b": 24, "1/2c": 23, "3": 27, "4": 25, "5": 26, "6": 25, "6/7": 21, "7": 23, "8": 22
    }  # fmt: skip
    assert sum(sizes.values()) == 240
    assert len(image.gone) == 3


def test_de_linde_has_17_teachers_and_7_duos(images):
    image = images["linde"]
    leaders = [colleague for colleague in image.staff if StaffRole.LEADER in colleague.roles]
    assert len(leaders) == 17
    assert Counter(len(group.leaders) for group in image.classes) == {2: 7, 1: 3}
    assert {role for one in image.staff for role in one.roles} == set(StaffRole)


def test_de_linde_has_150_families_and_262_guardians(images):
    image = images["linde"]
    assert len(linde("2027-2028").families) == 150
    assert len(image.guardians) == 262
    homes = defaultdict(set)
    for relation in image.relations:
        homes[relation.pupil_number].add(relation.household)
    apart = {frozenset(found) for found in homes.values() if len(found) == 2}
    assert len(apart) == 18
    assert len({relation.household for relation in image.relations}) == 168


def test_in_de_linde_9_families_have_no_mail_and_6_share_a_mailbox():
    families = linde("2027-2028").families
    assert sum(not any(parent.email for parent in family.parents) for family in families) == 9
    shared = [f for f in families if len(f.parents) == 2 and f.parents[0].email == f.parents[1].email != ""]
    assert len(shared) == 6
    assert not any(family.lives_apart for family in shared)


def test_in_de_linde_3_families_ask_for_an_interpreter_and_there_are_2_sets_of_twins(images):
    school = linde("2027-2028")
    asking = [f for f in school.families if any(parent.interpreter == "J" for parent in f.parents)]
    assert len(asking) == 3
    assert {relation.record.interpreter for relation in images["linde"].relations} >= {"Tigrinya", "Arabisch"}
    twins = [f for f in school.families if len({child.born for child in f.children}) < len(f.children)]
    assert [{child.seat.class_name for child in family.children} for family in twins] == [{"3"}, {"1/2b"}]
    assert [child.given_name for child in twins[0].children] == ["Sem", "Sam"]


def test_in_de_linde_one_teacher_is_a_parent_of_children_in_other_groups(images):
    image = images["linde"]
    teachers = {one.email: one for one in image.staff if one.email}
    parents = [relation for relation in image.relations if relation.record.email in teachers]
    assert len({relation.guardian for relation in parents}) == 1
    classes = {pupil.number: pupil.class_name for pupil in image.pupils}
    for relation in parents:
        assert classes[relation.pupil_number] not in teachers[relation.record.email].classes


def test_in_de_linde_a_family_has_children_in_groups_1_2a_4_and_8():
    family = linde("2027-2028").families[2]
    assert {child.seat.class_name for child in family.children} == {"1/2a", "4", "8"}


def test_the_vlierhof_has_1200_pupils_in_48_classes_of_19_to_29(images):
    image = images["vlier"]
    sizes = Counter(pupil.class_name for pupil in image.pupils)
    assert len(image.pupils) == 1200
    assert len(sizes) == len(image.classes) == 48
    assert (min(sizes.values()), max(sizes.values())) == (19, 29)
    assert Counter(name[0] for name in sizes) == {"1": 9, "2": 9, "3": 9, "4": 9, "5": 7, "6": 5}


def test_the_vlierhof_has_85_teachers_and_60_mentors(images):
    image = images["vlier"]
    assert sum(StaffRole.LEADER in one.roles for one in image.staff) == 85
    assert len({leader for group in image.classes for leader in group.leaders}) == 60
    assert sum(len(group.leaders) == 2 for group in image.classes) == 12


def test_at_the_vlierhof_35_pupils_are_18_before_the_year_ends(images):
    pupils = images["vlier"].pupils
    adults = [pupil for pupil in pupils if is_adult(pupil.birth_date, date(2028, 7, 31))]
    assert len(adults) == 35
    assert sum(is_adult(pupil.birth_date, ON) for pupil in adults) == 8
    assert all(pupil.email for pupil in adults)


def test_at_the_vlierhof_brothers_and_sisters_sit_in_several_classes_and_on_both_locations(images):
    school = vlier("2027-2028")
    families = [family for family in school.families if len(family.children) > 1]
    assert len(families) == 300
    assert sum(len({child.seat.class_name for child in f.children}) > 1 for f in families) == 299
    assert any(len({child.seat.location for child in f.children}) == 2 for f in families)
    assert 2000 < len(images["vlier"].relations) < 2400


def test_kompas_has_60_students_in_3_groups_and_4_career_coaches(images):
    image = images["mbo"]
    assert Counter(pupil.class_name for pupil in image.pupils) == {"MZ1A": 20, "MZ2A": 20, "MZ3A": 20}
    assert sum(StaffRole.LEADER in one.roles for one in image.staff) == 4
    assert [len(group.leaders) for group in image.classes] == [1, 1, 2]


def test_at_kompas_two_thirds_speak_for_themselves_and_some_permit_a_letter_home(images):
    adults = [pupil for pupil in images["mbo"].pupils if is_adult(pupil.birth_date, ON)]
    assert len(adults) == 40
    assert Counter(pupil.parents_permitted for pupil in adults) == {False: 29, True: 11}
    assert {pupil.parents_permitted for pupil in images["mbo"].pupils if pupil not in adults} == {None}
    assert all(pupil.email for pupil in images["mbo"].pupils)


def test_de_beuk_has_120_pupils_in_3_nursery_classes_and_6_years(images):
    sizes = Counter(pupil.class_name for pupil in images["beuk"].pupils)
    assert sizes == {"K1": 12, "K2": 13, "K3": 13, "1A": 14, "2A": 14, "3A": 13, "4A": 14, "5A": 14, "6A": 13}
    assert {pupil.year_level for pupil in images["beuk"].pupils if pupil.class_name.startswith("K")} == {""}
    assert {pupil.year_level for pupil in images["beuk"].pupils} - {""} == set("123456")


def test_in_de_beuk_8_families_live_apart_and_22_homes_speak_french_or_arabic(images):
    families = beuk("2027-2028").families
    assert len(families) == 86
    assert len({relation.household for relation in images["beuk"].relations}) == 94
    assert Counter(family.parents[0].language for family in families) == {
        "Nederlands": 64, "Frans": 12, "Arabisch": 10
    }  # fmt: skip
    assert sum(family.parents[0].interpreter == "J" for family in families) == 3
    assert sum(not any(parent.email for parent in family.parents) for family in families) == 3


def test_in_de_beuk_a_prefix_is_a_part_of_the_surname(images):
    surnames = {pupil.surname for pupil in images["beuk"].pupils}
    assert "Van den Broeck" in surnames
    assert {pupil.surname_prefix for pupil in images["beuk"].pupils} == {""}


@pytest.mark.parametrize("name", SCHOOLS)
def test_nobody_has_the_full_name_of_somebody_else(name, images):
    names = Counter((one.given_name, one.surname_prefix, one.surname) for one in images[name].pupils)
    assert max(names.values()) == 1


@pytest.mark.parametrize("name", SCHOOLS)
def test_nobody_in_a_sample_school_can_be_reached(name, images):
    mails = [person.record.email for person in images[name].guardians]
    mails += [one.email for one in (*images[name].staff, *images[name].pupils)]
    assert all(mail.endswith(("@example.org", "@example.com", "@example.net")) for mail in mails if mail)
    phones = [person.record.phone for person in images[name].guardians if person.record.phone]
    assert all(phone.startswith(UNDIALLABLE) for phone in phones)


@pytest.mark.parametrize(("name", "region"), REGIONS.items())
def test_every_leader_has_time_enough_in_the_start_window_on_own_working_days(name, region, folders, images):
    files = read_folder(folders[name])
    times = [record for file in files for record in file.records if isinstance(record, AvailabilityRecord)]
    year = year_period("2027-2028", region)
    window = start_window(year, [holiday.period for holiday in holidays_of(region, year)])
    workdays = {one.code: one.workdays for one in images[name].staff}
    slots = Counter()
    for time in times:
        assert window.starts_on <= time.starts_at.date() <= window.ends_on
        assert str(time.starts_at.isoweekday()) in workdays[time.code]
        slots[time.code] += int((time.ends_at - time.starts_at).total_seconds()) // 1200
    sizes = Counter(pupil.class_name for pupil in images[name].pupils)
    for group in images[name].classes:
        assert all(slots[leader] >= 1.3 * sizes[group.name] for leader in group.leaders), group.name


def test_two_leaders_never_use_one_room_at_the_same_time(folders):
    for folder in folders.values():
        taken = Counter()
        for file in read_folder(folder):
            times = [record for record in file.records if isinstance(record, AvailabilityRecord)]
            taken.update((time.room, time.starts_at) for time in times)
        assert set(taken.values()) == {1}


@pytest.mark.parametrize(("region", "first"), list(SUMMER_ENDS))
def test_the_samples_know_when_the_summer_ends(region, first):
    before = year_period(f"{first - 1}-{first}", region)
    summers = [one for one in holidays_of(region, before) if one.name == "zomervakantie"]
    assert SUMMER_ENDS[region, first] in {summer.period.ends_on for summer in summers}


def test_guardians_of_one_family_say_the_same_about_every_child():
    rows = guardian_rows(linde("2027-2028"))
    assert len(rows) == 425
    assert len({row[0] for row in rows}) == 240


def test_edexml_and_the_sheets_of_de_linde_name_the_same_pupils(folders):
    files = {path.name: read_file(path.name, path.read_bytes()) for path in paths_in([folders["linde"]])}
    sheets = combine([files["leerlingen.csv"]], on=ON)
    edexml = combine([files["edex.xml"]], on=ON)
    assert {(p.number, p.given_name, p.surname, p.class_name) for p in sheets.pupils} == {
        (p.number, p.given_name, p.surname, p.class_name) for p in edexml.pupils
    }


def test_the_reading_process_reads_a_whole_school(folders):
    files = read_files(paths_in([folders["vlier"]]))
    assert [file.layout for file in files] == [
        "availability", "staff", "calendar", "classes", "pupils", "rooms", "guardians"
    ]  # fmt: skip
