"""A leader's lists to take away: the talks, the agreements, what was swapped."""

from flask import Response, request
from flask_babel import gettext as _

from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet
from scheduling.queries import leader_away, leading, personal_list, plans, swaps
from scheduling.queries.talks import Talk
from scheduling.web.clock import now
from scheduling.web.staff.leader.desk import Desk, page
from scheduling.web.staff.leader.requests import find_page
from scheduling.web.staff.lists import (
    RULE,
    Shelf,
    all_of,
    group_title,
    moment_cells,
    name_cells,
    name_titles,
    on_the_clock,
)
from scheduling.web.staff.plan_lists import moment_sheet, plan_sheet
from scheduling.wording import plans as plan_words
from scheduling.wording import reminders as reminder_words
from scheduling.wording.leading import outcome_name, status_name
from scheduling.wording.requests import place_name
from scheduling.wording.single_talks import medium_name_for_staff
from scheduling.wording.swaps import state_name

shelf = Shelf()


@page(RULE, "list_file")
def list_file(desk: Desk, listing: str, form: str) -> Response:
    """A list of this desk as a file."""
    return shelf.answer(listing, form, desk)


@shelf.add("talks")
def _talks(desk: Desk) -> Sheet:
    """The topics that families wrote down are told to their leader only on the page and on paper, not here."""
    found = leading.roster(desk.leader_id, desk.year.id, now=now(), round_id=request.args.get("round", type=int))
    header = (
        _("Dag"), _("Van"), _("Tot"), _("Lokaal"), *name_titles(), group_title(), _("Wie komen"), _("Antwoord"),
        _("Tolk"),
    )  # fmt: skip
    rows = [
        (*moment_cells(talk.starts_at), moment_cells(talk.ends_at)[1],
         talk.room if talk.met is Medium.SCHOOL else medium_name_for_staff(talk.met), *name_cells(talk.pupil.name),
         talk.pupil.class_name, all_of(talk.expected), _answer(talk), ", ".join(dict.fromkeys(talk.interpreters)))
        for talk in found.talks
    ]  # fmt: skip
    return Sheet(_("Gesprekken %(round)s", round=found.round.name if found.round else ""), header, rows)


def _answer(talk: Talk) -> str:
    if talk.outcome:
        return outcome_name(talk.outcome)
    return status_name(talk.status) if talk.was_invited else _("nog niet uitgenodigd")


@shelf.add("calls")
def _calls(desk: Desk) -> Sheet:
    """Whom we call, in the order of the page."""
    header = (*name_titles(), group_title(), _("Bellen met"), _("Telefoon"), _("Waarom"), _("Dag"), _("Van"))
    rows = [
        (*name_cells(call.pupil.name), call.pupil.class_name, ", ".join(call.home.names),
         ", ".join(filter(None, (call.pupil.phone, *(guardian.phone for guardian in call.home.guardians)))),
         _("de school beloofde te bellen") if call.promised else _("het gezin vroeg erom"),
         *moment_cells(call.was))
        for call in leader_away.calls_of(desk.leader_id, desk.year.id, now())
    ]  # fmt: skip
    return Sheet(_("Bellijst"), header, rows)


@shelf.add("agreements")
def _agreements(desk: Desk) -> Sheet:
    header = (group_title(), *name_titles(), _("Met wie"), _("Stand"), _("Hoe"), _("Wanneer"), _("Afgesproken"))
    rows = [
        (group.class_name, *name_cells(row.pupil.name), ", ".join(row.home.names), plan_words.state_name(row.state),
         *_terms(row.plan))
        for group in _classes(desk)
        for row in group.rows
    ]  # fmt: skip
    return Sheet(_("Afspraken over contact %(year)s", year=desk.year.label), header, rows)


@shelf.add("plans")
def _plans(desk: Desk) -> Sheet:
    """What was agreed with every home, for the pupil system."""
    return plan_sheet(_classes(desk), desk.year.label)


@shelf.add("plan_moments")
def _plan_moments(desk: Desk) -> Sheet:
    return moment_sheet(_classes(desk), desk.year.label)


def _classes(desk: Desk) -> tuple[plans.ClassAgreements, ...]:
    return plans.agreements_by_class(desk.year.id, leader_id=desk.leader_id, today=local(now()).date())


def _terms(plan: plans.PlanFacts | None) -> tuple[object, ...]:
    if plan is None:
        return ("", "", None)
    forms = ", ".join(plan_words.form_name_for_staff(form) for form in plan.forms)
    return (forms, plan.rhythm, on_the_clock(plan.agreed_at))


@shelf.add("swaps")
def _swaps(desk: Desk) -> Sheet:
    """Every talk that went, or would go, to another time."""
    log = swaps.log_of(request.args.get("round", 0, type=int), desk.leader_id, now())
    header = (*name_titles(), _("Van"), _("Naar"), _("Stand"), _("Wanneer"))
    rows = [
        (*name_cells(move.pupil), on_the_clock(move.from_starts_at), on_the_clock(move.to_starts_at),
         state_name(line.state), on_the_clock(line.at))
        for line in (*log.open, *log.past)
        for move in line.moves
    ]  # fmt: skip
    return Sheet(_("%(round)s, ruilen", round=log.round_name), header, rows)


@shelf.add("requests")
def _requests(desk: Desk) -> Sheet:
    """Everybody the colleague teaches: who asked for a talk, and whom the colleague would like to see."""
    found = find_page(desk)
    header = (*name_titles(), group_title(), _("Thuis"), _("Vroeg u"), _("Graag spreken"))
    rows = [
        (*name_cells(one.name), one.class_name, one.home, place_name(one.place) if one.place else "",
         _("ja") if one.obligatory else "")
        for one in found.families
    ]  # fmt: skip
    return Sheet(_("%(round)s, wie spreken", round=found.round_name), header, rows)


@shelf.add("personal")
def _personal(desk: Desk) -> Sheet:
    """Who did not answer yet, in the order of the page."""
    header = (
        _("Ronde"), *name_titles(), group_title(), _("Wie"), _("Telefoon"), _("Per mail"), _("Herinnerd"),
        _("Persoonlijk benaderd"), _("En dan?"),
    )  # fmt: skip
    rows = [
        (one.name, *name_cells(line.child.name), line.child.class_name, all_of([name for name, _phone in line.people]),
         ", ".join(phone for _name, phone in line.people if phone), _("ja") if line.by_mail else "",
         len(line.reminded), line.approach.on if line.approach else None,
         reminder_words.step_name(line.approach.next_step) if line.approach else "")
        for one in personal_list.personal_list(desk.leader_id, desk.year.id, now())
        for line in one.lines
    ]  # fmt: skip
    return Sheet(_("Persoonlijke lijst"), header, rows)
