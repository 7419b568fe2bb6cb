"""The office's lists to take away. Which one stands in the address, what it is about in the question behind it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response, abort, request
from flask_babel import gettext as _

from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import Name, Sector
from scheduling.domain.reached import How
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import local
from scheduling.domain.years import NoSuchYear
from scheduling.formats.sheets import Sheet
from scheduling.queries import (
    contact_parents,
    drafts,
    evening_plans,
    extra_persons,
    guests,
    leaders,
    mailings,
    new_families,
    on_the_day,
    people,
    plans,
    questionnaires,
    reached,
    reminders,
    requests,
    rosters,
    rounds,
    single_interpreters,
    swaps,
    wishes,
    year_plans,
    years,
)
from scheduling.queries.round_talks import RoundTalk, talks_of_round
from scheduling.queries.school import find_school
from scheduling.queries.snapshots import is_by_request
from scheduling.web.clock import now
from scheduling.web.staff.lists import (
    RULE,
    Shelf,
    all_of,
    group_title,
    leader_title,
    moment_cells,
    name_cells,
    name_titles,
    on_the_clock,
)
from scheduling.web.staff.office import pages
from scheduling.web.staff.plan_lists import moment_sheet, plan_sheet
from scheduling.wording import names
from scheduling.wording import plans as plan_words
from scheduling.wording import questionnaires as opinion_words
from scheduling.wording import reminders as reminder_words
from scheduling.wording import rosters as roster_words
from scheduling.wording import year_plans as year_words
from scheduling.wording.extra_persons import extra_name, extra_state
from scheduling.wording.guests import help_name, way_at
from scheduling.wording.mailings import letter_name, skip_reason, what_happened
from scheduling.wording.reached import how_name
from scheduling.wording.rounds import mode_name, status_name
from scheduling.wording.single_talks import medium_name_for_staff, visit_state_name
from scheduling.wording.wishes import outcome_in_draft

shelf = Shelf()


@pages.get(RULE)
def list_file(listing: str, form: str) -> Response:
    """A list of the office as a file."""
    return shelf.answer(listing, form)


@shelf.add("contact_parents")
def _contact_parents() -> Sheet:
    """Every class of the year with who is contact parent."""
    wanted = contact_parents.classes_of_year(leaders.year_at(now()).id)
    header = (
        group_title(),
        leader_title(),
        _("Contactouders"),
        _("Hoeveel"),
        _("Gevraagd"),
        _("Berichten die wachten"),
    )
    rows = [
        (group.name, all_of(group.leaders), all_of([one.name for one in group.standing]), len(group.standing),
         all_of([one.name for one in group.open_questions]), len(group.waiting))
        for group in contact_parents.of_classes(wanted, now())
    ]  # fmt: skip
    return Sheet(_("Contactouders"), header, rows)


@shelf.add("questionnaire")
def _questionnaire() -> Sheet:
    """The totals of the school and its parts; where there are too few answers, no figure."""
    year = _year()
    header = (
        _("Deel van de school"), _("Onderwerp"), _("Wie, en wat"), _("Antwoorden"),
        *(_("%(answer)s, in procent", answer=name) for name in opinion_words.merged_names()),
    )  # fmt: skip
    rows = [
        (opinion_words.group_name(group), opinion_words.subject_name(line.item),
         opinion_words.bar_name(asked, side, _school_sector()), total.answered if total else None,
         *(total.percents if total else (None, None, None)))
        for group, lines in questionnaires.held(year.id).lines.items()
        for line in lines
        for (asked, side), total in line.totals.items()
    ]  # fmt: skip
    return Sheet(_("Vragenlijst zonder namen %(year)s", year=year.label), header, rows)


@shelf.add("day")
def _day() -> Sheet:
    """Who comes on one day, by time, for the welcome desk."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = _today()
    header = (_("Tijd"), *name_titles(), group_title(), _("Lokaal"), leader_title(), _("Is er?"))
    rows = [
        (moment_cells(talk.starts_at)[1], *name_cells(talk.pupil), talk.class_name,
         talk.place.room if talk.at_school else medium_name_for_staff(talk.met), talk.leader.full,
         moment_cells(talk.arrived_at)[1])
        for talk in on_the_day.talks_on(day)
    ]  # fmt: skip
    return Sheet(_("Gesprekken op %(day)s", day=day.isoformat()), header, rows)


@shelf.add("new-families")
def _new_families() -> Sheet:
    """Families that are new to the school, and who visits them; never where they live."""
    header = (group_title(), _("Kinderen"), _("Ouders"), _("Wie komt op bezoek"), _("Hoe ver"), _("Dag"), _("Tijd"))
    rows = [
        (one.class_name, ", ".join(one.children), ", ".join(one.guardians),
         all_of([name for _id, name in one.visitors]), visit_state_name(one.state), *moment_cells(one.starts_at))
        for one in new_families.new_families(leaders.year_at(now()).id) or ()
    ]  # fmt: skip
    return Sheet(_("Nieuwe gezinnen"), header, rows)


@shelf.add("classes")
def _classes() -> Sheet:
    header = (
        group_title(), _("Vestiging"), _("Lokaal"), leader_title(), _("Leerlingen"), _("Per mail"), _("Op papier"),
        _("Niemand"),
    )  # fmt: skip
    page = people.people_page(_year().id, today=_today())
    rows = [
        (one.name, one.location, one.room, all_of(one.leaders), one.pupils, one.by_mail, one.on_paper, one.nobody)
        for one in page.classes
    ]
    return Sheet(_("Groepen %(year)s", year=_year().label), header, rows)


@shelf.add("pupils")
def _pupils() -> Sheet:
    """Of one class, found by a word, or all of a year."""
    class_id, wanted = request.args.get("class", type=int), request.args.get("q", "").strip()
    if class_id is not None:
        page = people.class_page(class_id, today=_today())
        return _pupil_sheet(_("Leerlingen %(group)s", group=page.name), page.pupils)
    if wanted:
        return _pupil_sheet(_("Gevonden leerlingen"), people.search_pupils(wanted, _year().id, today=_today()))
    lines = people.pupils_of_class(None, year_id=_year().id, today=_today())
    return _pupil_sheet(_("Leerlingen %(year)s", year=_year().label), [line for _class, line in lines])


def _pupil_sheet(title: str, lines: Iterable[people.PupilLine]) -> Sheet:
    reach = {"mail": _("per mail"), "paper": _("op papier")}
    header = (_("Nummer"), *name_titles(), group_title(), _("Bereikbaar"), _("Huishoudens"), _("18 jaar of ouder"))
    rows = [
        (one.number, *name_cells(one.name), one.class_name, reach.get(one.reach, _("niemand uit te nodigen")),
         one.homes, _yes(one.is_adult))
        for one in lines
    ]  # fmt: skip
    return Sheet(title, header, rows)


@shelf.add("staff")
def _staff() -> Sheet:
    year = years.year_in_use(_today())
    header = (_("Code"), *name_titles(), _("E-mail"), _("Wat"), _("Groepen"), _("Inloggen"))
    rows = [
        (one.code, *name_cells(one.name), one.email, ", ".join(map(names.role_name, one.roles)),
         ", ".join(one.classes), _door(one))
        for one in people.all_staff(year.id if year else None, today=_today())
    ]  # fmt: skip
    return Sheet(_("Collega's"), header, rows)


def _door(line: people.StaffLine) -> str:
    if line.is_gone(_today()):
        return _("werkt hier niet meer")
    if line.can_enter:
        return _("kan inloggen")
    return _("nog geen wachtwoord") if line.email else _("geen mailadres")


@shelf.add("leaders")
def _leaders() -> Sheet:
    year = leaders.year_at(now())
    rows = [
        (one.code, *name_cells(one.name), ", ".join(one.classes)) for one in leaders.all_leaders(year.id)
    ]  # fmt: skip
    return Sheet(_("Collega's met een klas %(year)s", year=year.label), (_("Code"), *name_titles(), _("Klassen")), rows)


@shelf.add("calendar")
def _calendar() -> Sheet:
    """With the columns of a calendar that can be read in again."""
    found = years.calendar(_year())
    rows = [
        (one.starts_on, one.ends_on, names.day_kind_name(one.kind), one.label,
         _("van de school") if one.own else _("van de regio"))
        for one in found.days
    ]  # fmt: skip
    header = (_("Van"), _("Tot en met"), _("Soort"), _("Omschrijving"), _("Van wie"))
    return Sheet(_("Kalender %(year)s", year=found.year.label), header, rows)


@shelf.add("year_plan")
def _year_plan() -> Sheet:
    """Every moment of the plan, with why it is then."""
    year = _year()
    facts, sector = year_plans.planning_facts(year.id), _school_sector()
    header = (
        _("Wat"), _("Van"), _("Tot en met"), _("Begin"), _("Einde"), _("Voor wie"), _("Waar"), _("Bekend"),
        _("Waarom dan"),
    )  # fmt: skip
    rows = []
    for line in year_plans.lines_of(year.id):
        row = line.planned
        missed = facts.free_on(row.instead_of) if row.instead_of else None
        rows.append((
            year_words.kind_name(row.kind), row.day, row.until or row.day, row.begins, row.ends,
            year_words.groups_text(line.group_names, sector), row.place, _yes(line.published_at is not None),
            year_words.why_sentence(row, missed),
        ))  # fmt: skip
    return Sheet(_("Jaarplan %(label)s", label=year.label), header, rows)


def _school_sector() -> Sector:
    school = find_school()
    return school.sector if school else Sector.PRIMARY


@shelf.add("corrections")
def _corrections() -> Sheet:
    fields = {"email": _("Mailadres"), "phone": _("Telefoon"), "language": _("Taal")}
    header = (*name_titles(), _("Kinderen"), _("Wat"), _("Nu"), _("Wordt"), _("Gevraagd"))
    rows = [
        (*name_cells(one.name), ", ".join(one.children), fields[one.field], one.old_value, one.new_value,
         on_the_clock(one.proposed_at))
        for one in people.open_corrections()
    ]  # fmt: skip
    return Sheet(_("Verbeteringen"), header, rows)


@shelf.add("mailboxes")
def _mailboxes() -> Sheet:
    header = (_("Mailadres"), *name_titles(), _("Kinderen"))
    rows = [
        (box.email, *name_cells(user.name), ", ".join(user.children))
        for box in people.shared_mailboxes()
        for user in box.users
    ]
    return Sheet(_("Gedeelde mailadressen"), header, rows)


@shelf.add("rounds")
def _rounds() -> Sheet:
    header = (
        _("Ronde"), _("Schooljaar"), _("Hoe"), _("Van"), _("Tot en met"), _("Tijden"), _("Klassen"), _("Gesprekken")
    )  # fmt: skip
    rows = [
        (one.name, one.year, mode_name(one.mode), one.period.starts_on, one.period.ends_on, one.slots, one.classes,
         one.talks)
        for one in rounds.list_rounds()
    ]  # fmt: skip
    return Sheet(_("Rondes"), header, rows)


@shelf.add("round")
def _round() -> Sheet:
    page = rounds.overview(_round_id(), now())
    header = (
        group_title(), leader_title(), _("Gesprekken"), _("Met tijd"), _("Zegt ja"), _("Geweest"), _("Doet niet mee"),
        _("Wil gebeld worden"), _("Eerste dag"), _("Laatste dag"),
    )  # fmt: skip
    rows = [
        (one.name, all_of([leader.name for leader in one.leaders]), one.talks, one.with_time, one.confirmed, one.held,
         one.excluded, one.calls, min(one.days, default=None), max(one.days, default=None))
        for one in page.classes
    ]  # fmt: skip
    return Sheet(_("%(round)s per klas", round=page.facts.name), header, rows)


@shelf.add("round_pupils")
def _round_pupils() -> Sheet:
    """Of one class, or of all classes of a round: who has a time, who has answered, who does not take part."""
    page = rounds.overview(_round_id(), now())
    class_id = request.args.get("class", type=int)
    wanted = [one for one in page.classes if class_id in (None, one.id)]
    if not wanted:
        abort(404)
    header = (*name_titles(), group_title(), _("Dag"), _("Tijd"), _("Antwoord"), _("Doet niet mee"))
    rows = [
        (*name_cells(pupil.name), group.name, *moment_cells(start), status_name(pupil.status) if pupil.status else "",
         pupil.excluded)
        for group in wanted
        for pupil in rounds.pupils_of(page.facts.id, group.id, now())
        for start in pupil.starts_at or (None,)
    ]  # fmt: skip
    title = _("%(round)s, leerlingen", round=page.facts.name)
    return Sheet(f"{title} {wanted[0].name}" if class_id is not None else title, header, rows)


@shelf.add("times")
def _times() -> Sheet:
    """With the columns of a file with times that can be read in again."""
    facts = rounds.round_facts(_round_id())
    rows = [
        (one.leader.code, local(hours.span.starts_at).date(), local(hours.span.starts_at).time(),
         local(hours.span.ends_at).time(), hours.room, one.leader.name.full)
        for one in rounds.leader_times(facts.id)
        for hours in one.hours
    ]  # fmt: skip
    header = (_("Code"), _("Datum"), _("Van"), _("Tot"), _("Lokaal"), leader_title())
    return Sheet(_("%(round)s, tijden", round=facts.name), header, rows)


@shelf.add("versions")
def _versions() -> Sheet:
    facts = rounds.round_facts(_round_id())
    rows = [
        (one.number, roster_words.status_name(one.status), _("kan niet beter") if one.proof == "optimal" else "",
         on_the_clock(one.requested_at))
        for one in rosters.list_versions(facts.id)
    ]  # fmt: skip
    header = (_("Versie"), _("Stand"), _("Bewijs"), _("Gevraagd"))
    return Sheet(_("%(round)s, versies", round=facts.name), header, rows)


@shelf.add("version")
def _version() -> Sheet:
    facts = rounds.round_facts(_round_id())
    page = rosters.version_page(facts.id, request.args.get("number", 0, type=int))
    header = (
        _("Nummer"), *name_titles(), group_title(), leader_title(), _("Dag"), _("Tijd"), _("Tot"), _("Waarom zo")
    )  # fmt: skip
    rows = [
        (talk.number, *name_cells(talk.pupil), talk.group, talk.leader.full if talk.leader else "",
         *moment_cells(talk.span.starts_at if talk.span else None),
         moment_cells(talk.span.ends_at if talk.span else None)[1], _why(talk))
        for talk in page.talks
    ]  # fmt: skip
    return Sheet(_("%(round)s, versie %(number)s", round=facts.name, number=page.number), header, rows)


def _why(talk: rosters.TalkLine) -> str:
    if talk.span is None:
        return roster_words.why_not(talk.reason, talk.leader.full if talk.leader else "")
    beside = [
        _("Sluit aan bij %(name)s uit %(group)s.", name=one.name.given, group=one.group) for one in talk.beside
    ]  # fmt: skip
    said = [outcome_in_draft(talk.wish, late=talk.wish_late)] if talk.wish else []
    return " ".join([*said, *beside])


@shelf.add("versions_beside")
def _versions_beside() -> Sheet:
    number, other = request.args.get("number", 0, type=int), request.args.get("with", 0, type=int)
    if is_by_request(_round_id()):
        return _evenings_beside(number, other)
    page = drafts.compare(_round_id(), number, other, now=now())
    titles = [_("Versie %(number)s", number=one.number) for one in (page.one, page.other)]
    header = (*name_titles(), leader_title(), *titles)
    rows = [
        (*name_cells(one.pupil), one.leader.full if one.leader else "", on_the_clock(one.here), on_the_clock(one.there))
        for one in page.differences
    ]
    return Sheet(_("%(round)s, verschillen", round=page.round_name), header, rows)


def _evenings_beside(number: int, other: int) -> Sheet:
    facts = rounds.round_facts(_round_id())
    titles = [_("Versie %(number)s", number=one) for one in (number, other)]
    rows = [
        (*name_cells(one.talk.pupil), one.talk.teacher.full, *(
            on_the_clock(talk.span.starts_at if talk and talk.span else None) for talk in (one.here, one.there)
        ))
        for one in evening_plans.two_plans(facts.id, number, other).differences
    ]  # fmt: skip
    return Sheet(_("%(round)s, verschillen", round=facts.name), (*name_titles(), leader_title(), *titles), rows)


@shelf.add("boards")
def _boards() -> Sheet:
    facts = rounds.round_facts(_round_id())
    number = request.args.get("number", 0, type=int)
    rows = [
        (*name_cells(one.name), one.placed, one.talks,
         _("tijden zijn veranderd") if one.changed_meanwhile else "")
        for one in drafts.leaders_of_draft(facts.id, number, now())
    ]  # fmt: skip
    header = (*name_titles(), _("Met tijd"), _("Gesprekken"), _("Intussen"))
    return Sheet(_("%(round)s, versie %(number)s", round=facts.name, number=number), header, rows)


@shelf.add("roster")
def _roster() -> list[Sheet]:
    """All talks of a round; a workbook has leader beside leader too, and every leader on a sheet of his own."""
    facts = rounds.round_facts(_round_id())
    talks = talks_of_round(facts.id)
    by_leader: dict[int, list[RoundTalk]] = defaultdict(list)
    for talk in talks:
        by_leader[talk.leader_id].append(talk)
    each = sorted(by_leader.values(), key=lambda own: own[0].leader.sort_key)
    header = (_("Dag"), _("Van"), _("Tot"), _("Lokaal"), *name_titles(), group_title(), _("Antwoord"))
    whole = [(*_talk_cells(talk), talk.leader.full) for talk in talks]
    return [
        Sheet(_("Rooster %(round)s", round=facts.name), (*header, leader_title()), whole),
        _beside_each_other(each),
        *(Sheet(own[0].leader.full, header, [_talk_cells(talk) for talk in own]) for own in each),
    ]


def _talk_cells(talk: RoundTalk) -> tuple[object, ...]:
    ends = moment_cells(talk.span.ends_at)[1]
    where = talk.room if talk.met is Medium.SCHOOL else medium_name_for_staff(talk.met)
    return (
        *moment_cells(talk.span.starts_at), ends, where, *name_cells(talk.pupil), talk.class_name,
        status_name(talk.status),
    )  # fmt: skip


def _beside_each_other(each: Sequence[Sequence[RoundTalk]]) -> Sheet:
    """A row for every time, a column for every leader."""
    moments = sorted({talk.span.starts_at for own in each for talk in own})
    held = [{talk.span.starts_at: talk.pupil.full for talk in own} for own in each]
    rows = [(*moment_cells(moment), *(own.get(moment, "") for own in held)) for moment in moments]
    return Sheet(_("Naast elkaar"), (_("Dag"), _("Tijd"), *(own[0].leader.full for own in each)), rows)


@shelf.add("wishes")
def _wishes() -> Sheet:
    page = wishes.round_wishes(_round_id(), now())
    header = (_("Kinderen"), _("Wie"), _("Telefoon"), _("Per mail"), _("Wensen"), _("Na de datum"), _("Door"))
    rows = [
        (", ".join(home.children), all_of(home.guardians) or _("de leerling zelf"), home.phone, _yes(home.reached),
         on_the_clock(home.said.at) if home.said else _("nog niets"), _yes(bool(home.said and home.said.late)),
         home.said.by if home.said else "")
        for home in page.homes
    ]  # fmt: skip
    return Sheet(_("%(round)s, wensen", round=page.round_name), header, rows)


@shelf.add("interpreter_orders")
def _interpreter_orders() -> Sheet:
    """What to order at the bureau: per day and language, with a line for every talk."""
    page = guests.orders_of(_round_id(), now())
    return _order_sheet(_("%(round)s, tolken", round=page.round_name), page)


@shelf.add("single_interpreters")
def _single_interpreters() -> Sheet:
    """The same, for the talks that are made for one pupil."""
    return _order_sheet(_("Losse gesprekken, tolken"), single_interpreters.orders_of_singles(now()))


def _order_sheet(title: str, page: guests.OrderList) -> Sheet:
    header = (
        _("Dag"), _("Van"), _("Tot"), _("Taal"), _("Hoe"), _("Lokaal"), leader_title(), *name_titles(), group_title(),
        _("Tolk"), _("Stand"),
    )  # fmt: skip
    rows = [
        (*moment_cells(talk.span.starts_at if talk else None), moment_cells(talk.span.ends_at)[1] if talk else None,
         one.language, way_at(one.way, at_home=one.at_home), talk.room if talk else "",
         talk.leader.full if talk else "", *name_cells(one.pupil), one.class_name,
         one.interpreter, help_name(one.state))
        for day in page.days
        for one in page.on(day)
        for talk in one.on(day) or (None,)
    ]  # fmt: skip
    return Sheet(title, header, rows)


@shelf.add("practical_needs")
def _practical_needs() -> Sheet:
    """What families need to be able to come. Never why."""
    facts = rounds.round_facts(_round_id())
    header = (*name_titles(), group_title(), _("Begane grond"), _("Wat"), _("Wanneer"), _("Lokaal"))
    rows = [
        (*name_cells(one.pupil), one.class_name, _yes(one.ground_floor), one.words, on_the_clock(at), room)
        for one in guests.needs_of(facts.id, now())
        for at, room in [(at, place.room) for at, place in one.talks] or [(None, "")]
    ]  # fmt: skip
    return Sheet(_("%(round)s, praktisch nodig", round=facts.name), header, rows)


@shelf.add("extra_persons")
def _extra_persons() -> Sheet:
    """Who else was asked to talks, with a line for every talk."""
    page = extra_persons.extras_of_round(_round_id(), now())
    header = (
        *name_titles(), group_title(), _("Gevraagd"), _("Wie"), _("Stand"), _("Dag"), _("Van"), _("Tot"), _("Lokaal"),
        leader_title(),
    )  # fmt: skip
    rows = [
        (*name_cells(one.pupil), one.class_name, extra_name(one.extra.kind), one.extra.who or one.extra.wish,
         extra_state(one.extra.kind, one.extra.state), *moment_cells(one.talk.span.starts_at if one.talk else None),
         moment_cells(one.talk.span.ends_at)[1] if one.talk else None, one.talk.room if one.talk else "",
         one.talk.leader.full if one.talk else "")
        for one in page.lines
    ]  # fmt: skip
    return Sheet(_("%(round)s, wie komt erbij", round=page.round_name), header, rows)


@shelf.add("interpreters")
def _interpreters() -> Sheet:
    header = (_("Naam"), _("Talen"), _("Bureau of organisatie"), _("E-mail"), _("Telefoon"), _("Gestopt"))
    rows = [
        (one.name, one.languages, one.organisation, one.email, one.phone, _yes(not one.is_active))
        for one in guests.interpreters()
    ]
    return Sheet(_("Onze tolken"), header, rows)


@shelf.add("interpreter")
def _interpreter() -> Sheet:
    """One interpreter's own sheet: of the child never more than the given name."""
    one = guests.the_interpreter(request.args.get("interpreter", 0, type=int))
    header = (_("Dag"), _("Van"), _("Tot"), _("Taal"), _("Hoe"), _("Lokaal"), _("Nummer of link"), _("Over"))
    rows = [
        (*moment_cells(task.span.starts_at), moment_cells(task.span.ends_at)[1], task.language,
         way_at(task.way, at_home=task.at_home),
         task.room, task.number, task.given_name)
        for task in guests.tasks_of(one.id, now())
    ]  # fmt: skip
    return Sheet(_("Gesprekken voor %(name)s", name=one.name), header, rows)


@shelf.add("swaps")
def _swaps() -> Sheet:
    round_name, lines = swaps.swaps_by_leader(_round_id())
    header = (*name_titles(), _("Zoekt een tijd"), _("Nu gevraagd"), _("Gewisseld"))
    rows = [(*name_cells(one.name), one.offers, one.asked, one.done) for one in lines]
    return Sheet(_("%(round)s, ruilen", round=round_name), header, rows)


@shelf.add("mailings")
def _mailings() -> Sheet:
    letters = (Letter.WISHES, Letter.INVITATION, Letter.REMINDER)
    rows = [(one.name, *(one.written.get(letter, 0) for letter in letters)) for one in mailings.rounds_with_letters()]
    return Sheet(_("Brieven"), (_("Ronde"), *map(letter_name, letters)), rows)


@shelf.add("needs")
def _needs() -> Sheet:
    rows = [_outcome_cells(one) for one in mailings.needs_somebody()]
    return Sheet(_("Brieven die iemand nodig hebben"), _outcome_header(), rows)


@shelf.add("mailing")
def _mailing() -> Sheet:
    """Everybody of a batch by name: what became of the letter, or why there is none."""
    wanted = request.args.get("letter", "")
    if wanted not in (Letter.WISHES, Letter.INVITATION, Letter.REMINDER):
        abort(404)
    batch = mailings.preview(_round_id(), Letter(wanted), now())
    written = mailings.results_of(batch.mailing_id) if batch.mailing_id else []
    plan = batch.plan
    rows = [
        *map(_outcome_cells, written),
        *(_plan_cells(one, _("kreeg nog niets"), one.person.address) for one in plan.waiting),
        *(_plan_cells(one, _("brief op papier")) for one in plan.on_paper),
        *(_plan_cells(one, skip_reason(one.reason)) for one in plan.skipped),
        *(("", "", "", "", *name_cells(one.pupil), one.class_name, "", _("nog geen gesprek"), None)
          for one in plan.without_talk),
        *(("", "", "", "", *name_cells(one.pupil), one.class_name, "", _("niet uitgenodigd, zoals afgesproken"), None)
          for one in plan.by_agreement),
    ]  # fmt: skip
    return Sheet(f"{batch.round_name}, {letter_name(batch.letter)}", _outcome_header(), rows)


def _outcome_header() -> tuple[str, ...]:
    person = [_("Ouder: %(part)s", part=title.lower()) for title in name_titles()]
    return (
        *person, _("Relatie"), *name_titles(), group_title(), _("Mailadres"), _("Uitkomst"), _("Wanneer")
    )  # fmt: skip


def _outcome_cells(one: mailings.WrittenLetter) -> tuple[object, ...]:
    states = {OutboxState.SENT: _("verstuurd"), OutboxState.UNCERTAIN: _("onzeker")}
    refused = one.state in (OutboxState.FAILED, OutboxState.SUPPRESSED)
    became = what_happened(one.code, one.text) if refused else states.get(one.state, _("onderweg"))
    pupil = one.pupil or Name("")
    return (
        *name_cells(one.name), one.relation, *name_cells(pupil), one.class_name, one.address, became,
        on_the_clock(one.at),
    )  # fmt: skip


def _plan_cells(one: mailings.Recipient | mailings.NotTold, became: str, address: str = "") -> tuple[object, ...]:
    return (
        *name_cells(one.name), one.relation, *name_cells(one.pupil), one.class_name, address, became, None
    )  # fmt: skip


@shelf.add("agreements")
def _agreements() -> Sheet:
    """Of every pupil and home of the year: agreed, not yet confirmed, or still to do."""
    year = _year()
    header = (group_title(), *name_titles(), _("Met wie"), _("Stand"), _("Afgesproken"))
    rows = [
        (group.class_name, *name_cells(row.pupil.name), ", ".join(row.home.names), plan_words.state_name(row.state),
         on_the_clock(row.plan.agreed_at) if row.plan else None)
        for group in plans.agreements_by_class(year.id, leader_id=None, today=_today())
        for row in group.rows
    ]  # fmt: skip
    return Sheet(_("Afspraken over contact %(year)s", year=year.label), header, rows)


@shelf.add("plans")
def _plans() -> Sheet:
    """What was agreed with every home of the school, for the pupil system."""
    year = _year()
    return plan_sheet(plans.agreements_by_class(year.id, leader_id=None, today=_today()), year.label)


@shelf.add("plan_moments")
def _plan_moments() -> Sheet:
    year = _year()
    return moment_sheet(plans.agreements_by_class(year.id, leader_id=None, today=_today()), year.label)


def _round_id() -> int:
    return request.args.get("round", 0, type=int)


def _year() -> years.YearFacts:
    label = request.args.get("year")
    found = years.find_year(label) if label else years.year_in_use(_today())
    if found is None:
        raise NoSuchYear
    return found


def _today() -> date:
    return local(now()).date()


def _yes(is_so: bool) -> str:
    return _("ja") if is_so else ""


@shelf.add("requests")
def _requests() -> Sheet:
    """Per family of a contact evening: whom it wants to speak, and who would like to speak it."""
    round_id = request.args.get("round", 0, type=int)
    header = (_("Kinderen"), _("Wie"), _("Wil spreken"), _("Geen gesprek nodig"), _("School wil spreken"), _("Gezegd"))
    if not requests.asks_here(round_id):
        return Sheet(_("Gevraagde gesprekken"), header, [])
    page = requests.round_requests(round_id, now())
    rows = [
        (", ".join(one.children), all_of(one.guardians), "; ".join(one.asked), ", ".join(one.none_needed),
         "; ".join(one.obliged), on_the_clock(one.said_at))
        for one in page.homes
    ]  # fmt: skip
    return Sheet(_("%(round)s, gevraagde gesprekken", round=page.round_name), header, rows)


@shelf.add("reminders")
def _reminders() -> Sheet:
    """Who gets which reminder when, if nothing changes; and who gets none, and why."""
    page = reminders.page_of(_round_id(), now())
    header = (_("Dag"), _("Herinnering"), _("Kinderen"), group_title(), _("Wie"), _("Waarom niet"))
    rows = [
        (plan.turn.day, reminder_words.occasion_name(plan.turn.occasion),
         ", ".join(one.child.name.full for one in line.due), ", ".join(one.child.class_name for one in line.due),
         all_of([person.name for person in line.family.people or line.family.on_paper]),
         reminder_words.why_not(line.why_not) if line.why_not else "")
        for plan in page.coming
        for line in plan.lines
    ]  # fmt: skip
    return Sheet(_("%(round)s, herinneringen", round=page.round_name), header, rows)


@shelf.add("reached")
def _reached() -> Sheet:
    """Per class how many families were reached, and in which form."""
    page = reached.reached_in(_round_id(), now())
    header = (group_title(), _("Gezinnen"), _("Bereikt"), _("Procent"), *map(how_name, How))
    rows = [
        (one.name, one.families, one.reached, one.percent, *(one.counts[how] for how in How)) for one in page.classes
    ]
    return Sheet(_("%(round)s, bereikt", round=page.round_name), header, rows)
