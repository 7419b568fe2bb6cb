"""Letters: from the facts of one letter to its subject, text, page and calendar object. One function per letter.

Each letter has its folder under templates/mail with subject.txt, body.txt and body.html.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from flask import current_app
from flask_babel import force_locale, get_babel, get_locale
from flask_babel import gettext as _

from scheduling.domain.gatherings import Coming
from scheduling.domain.guests import Way
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, RoundKind
from scheduling.domain.texts import clean, ensure_finished, one_line
from scheduling.mail.calendar import Entry, Mailbox, Method, Series, SeriesDay, repeating
from scheduling.mail.calendar import invitation as calendar_of
from scheduling.mail.contact_agendas import days_entry, family_summary, place_of
from scheduling.mail.message import CalendarFile, Sheet
from scheduling.queries.letters import LetterFacts, Message, Talk
from scheduling.queries.plan_guests import ToldDate
from scheduling.wording.aftercare import action_by
from scheduling.wording.buddies import about as about_buddy
from scheduling.wording.dates import day_and_hour, period_text
from scheduling.wording.extra_persons import extra_name
from scheduling.wording.gathering_pages import facilities
from scheduling.wording.guests import at_home_name, way_name
from scheduling.wording.kinds import kind_name
from scheduling.wording.moments import days_said, when_said
from scheduling.wording.names import class_word
from scheduling.wording.plans import evening_line, form_name, need_name, period_name
from scheduling.wording.rooms import where
from scheduling.wording.sentences import at_start
from scheduling.wording.single_talks import medium_name, pupil_part_name
from scheduling.wording.wishes import named
from scheduling.wording.year_plans import kind_name as planned_name
from scheduling.wording.year_plans import title

RIGHT_TO_LEFT = {"ar", "fa", "he"}
STYLE = re.compile(r"<style>.*?</style>", re.S)
BLANK_LINES = re.compile(r"\n{3,}")
NO_LINK = "voorbeeld"
"""Stands where the token of a trial letter would be: it opens nothing."""


@dataclass(frozen=True)
class Paper:
    """What every letter is written on: the school's mailbox, and where its pages are."""

    sender: Mailbox
    base_url: str


Writer = Callable[[LetterFacts, str, Paper], Sheet]


def write(facts: LetterFacts, *, token: str, paper: Paper) -> Sheet:
    """The letter, in the language of who gets it. Its link holds `token`; refused while a placeholder is open."""
    with speaking(facts.language):
        sheet = WRITERS[facts.letter](facts, token, paper)
        ours = sheet
        if facts.message:  # what a parent wrote is its own: only what the house says is looked at
            theirs = replace(facts.message, words="…", subject="…")
            ours = WRITERS[facts.letter](replace(facts, message=theirs), token, paper)
    ensure_finished(ours.subject, ours.text, STYLE.sub("", ours.html))
    return sheet


def ask_wishes(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Which times suit you? There is no time yet, and so nothing for a calendar."""
    return _sheet(facts, _family_link(token, paper))


def tell_wishes(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Somebody of the home, or the school, said which times suit. Never what was said: that stands on the own page."""
    return _sheet(facts, _family_link(token, paper))


def tell_requests(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """This is whom you asked to speak; it can be changed for some time yet. There is no time, so no calendar object."""
    return _sheet(facts, _family_link(token, paper))


def offer_time(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """A time became free and is kept for this home. It is no talk yet, so no calendar object."""
    return _sheet(facts, _family_link(token, paper))


def invite(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Welcome, this is your time (or: choose one), and this is what the talk is for."""
    return _sheet(facts, _family_link(token, paper), calendar=_request(facts, paper), method=Method.REQUEST)


def remind(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """See you soon. Without a calendar object: the one of the invitation still stands."""
    return _sheet(facts, _family_link(token, paper))


def ask_again(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """May we hear from you? Everything that is open for this home, once. Nothing new for a calendar."""
    return _sheet(facts, _family_link(token, paper))


def see_you(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """See you tomorrow: all talks of this home on that day. Nothing new for a calendar."""
    return _sheet(facts, _family_link(token, paper))


def confirm(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Agreed: this is when we meet."""
    return _sheet(facts, _family_link(token, paper), calendar=_request(facts, paper), method=Method.REQUEST)


def tell_change(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Another time, room or leader: what it was, and what it is now."""
    return _sheet(facts, _family_link(token, paper), calendar=_request(facts, paper), method=Method.REQUEST)


def tell_cancellation(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """This talk is off, and how to find another moment."""
    return _sheet(facts, _family_link(token, paper), calendar=_cancellation(facts, paper), method=Method.CANCEL)


def leave_mailbox(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """The talk goes on, but no longer in this mailbox: it leaves this calendar. Without any link."""
    return _sheet(facts, "", calendar=_cancellation(facts, paper), method=Method.CANCEL)


def write_about_swap(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """A question about a swap, or what came of one. No calendar object: the own time stands as it is."""
    return _sheet(facts, _family_link(token, paper))


def tell_leader(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """These talks changed times, and the leader's calendar follows by itself; or a family answered."""
    return _sheet(facts, f"{paper.base_url}/staff")


def remind_leader(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """Contact that was agreed still waits. With whom stands on the leader's own page."""
    return _sheet(facts, f"{paper.base_url}/staff/leader/week")


def write_about_plan(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """How this home and the school keep contact: a question, an answer of somebody else of the home, or the copy."""
    return _sheet(facts, _family_link(token, paper))


def tell_dates(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """The moments that were agreed, for the calendar: what is new, on other days, or off. All in one letter."""
    link = "" if facts.letter is Letter.PLAN_DATES_ELSEWHERE else _family_link(token, paper)
    files = tuple(_date_file(facts, one, paper) for one in facts.dates)
    if len(files) == 1:
        return _sheet(facts, link, calendar=files[0].data, method=files[0].method)
    return replace(_sheet(facts, link), apart=files)


def propose_single(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """A talk for this pupil: choose one of these times, or say what suits better. Nothing for a calendar yet."""
    return _sheet(facts, _family_link(token, paper))


def invite_to_meeting(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """The support team's table: when, where and who. A guest from outside reads time and place alone."""
    return _sheet(
        facts, _link_to_meeting(facts, token, paper), calendar=_meeting(facts, paper, Method.REQUEST),
        method=Method.REQUEST,
    )  # fmt: skip


def cancel_meeting(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """It does not go on, or not with this person."""
    return _sheet(
        facts, _link_to_meeting(facts, token, paper), calendar=_meeting(facts, paper, Method.CANCEL),
        method=Method.CANCEL,
    )  # fmt: skip


def tell_afterwards(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """What the talk came to, and who does what. Without a calendar object: the talk is over."""
    return _sheet(facts, _family_link(token, paper))


def tell_help(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """The interpreter comes, or it did not work and we call."""
    return _sheet(facts, _family_link(token, paper))


def invite_guest(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """To an interpreter: when and where, in which language. Without any link; of the child only a given name."""
    return _sheet(facts, "", calendar=_guest_calendar(facts, paper, Method.REQUEST), method=Method.REQUEST)


def cancel_guest(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """To an interpreter: this talk is off, and leaves the calendar."""
    return _sheet(facts, "", calendar=_guest_calendar(facts, paper, Method.CANCEL), method=Method.CANCEL)


def invite_extra(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """To who was asked to a talk. From outside: time and place alone; a colleague reads of whom and with whom."""
    return _sheet(facts, "", calendar=_extra_calendar(facts, paper, Method.REQUEST), method=Method.REQUEST)


def cancel_extra(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """This talk is off, or goes on without this person; it leaves the calendar."""
    return _sheet(facts, "", calendar=_extra_calendar(facts, paper, Method.CANCEL), method=Method.CANCEL)


def tell_extra(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Who the family asked for comes, or it was not possible."""
    return _sheet(facts, _family_link(token, paper))


def invite_to_gathering(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """You are welcome, or what is new about it: what, when and where, and will you let us know?"""
    return _sheet(
        facts, _family_link(token, paper), calendar=_gathering(facts, paper, Method.REQUEST), method=Method.REQUEST
    )  # fmt: skip


def call_off_gathering(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """It does not go on, or not with this family."""
    return _sheet(
        facts, _family_link(token, paper), calendar=_gathering(facts, paper, Method.CANCEL), method=Method.CANCEL
    )  # fmt: skip


def leave_mailbox_of_gathering(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """The gathering goes on, but no longer in this mailbox: it leaves this calendar. Without any link."""
    return _sheet(facts, "", calendar=_gathering(facts, paper, Method.CANCEL), method=Method.CANCEL)


def ask_about_gathering(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Will you come? Once. The calendar object of the invitation still stands."""
    return _sheet(facts, _family_link(token, paper))


def write_about_contact(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """About a contact parent of the class, or in the words of one. Nobody's address is in it."""
    return _sheet(facts, _family_link(token, paper))


def tell_about_contact(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """To who leads the class: a parent answered, or a message waits."""
    return _sheet(facts, f"{paper.base_url}/staff/contact-parents")


def tell_helper(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """What a parent helps with is on another day, or off."""
    return _sheet(facts, _family_link(token, paper))


def tell_consult(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """When you and the mentor consult: one entry in the calendar with all its dates."""
    calendar = _consult(facts, paper, Method.REQUEST)
    return _sheet(facts, _family_link(token, paper), calendar=calendar, method=Method.REQUEST)


def leave_mailbox_of_consult(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """The consults go on, but no longer in this mailbox: they leave this calendar. Without any link."""
    return _sheet(facts, "", calendar=_consult(facts, paper, Method.CANCEL), method=Method.CANCEL)


def end_consult(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """It leaves the calendar."""
    calendar = _consult(facts, paper, Method.CANCEL)
    return _sheet(facts, _family_link(token, paper), calendar=calendar, method=Method.CANCEL)


def tell_who_asked(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """To a parent without authority: what the school gives. Only who gets a talk of the own has a page to go to."""
    return _sheet(facts, _family_link(token, paper) if facts.word and facts.word.has_page else "")


def write_about_buddy(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """Would you like to meet another parent; and who it is, after two times yes."""
    return _sheet(facts, _family_link(token, paper))


def ask_opinion(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """What do you find of your contact with the mentor? Without names, and only for who likes to say it."""
    return _sheet(facts, _family_link(token, paper))


def send_link(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """A fresh personal link, and nothing else."""
    return _sheet(facts, _family_link(token, paper))


def ask_password(facts: LetterFacts, token: str, paper: Paper) -> Sheet:
    """A colleague chooses a password."""
    return _sheet(facts, f"{paper.base_url}/staff/set-password/{token}")


def try_out(facts: LetterFacts, _token: str, paper: Paper) -> Sheet:
    """A batch's letter as its first family will read it, to a colleague: no calendar object, no working link."""
    return _sheet(facts, _family_link(NO_LINK, paper), of=facts.trial_of.value)


WRITERS: dict[Letter, Writer] = {
    Letter.WISHES: ask_wishes,
    Letter.WISHES_SAID: tell_wishes,
    Letter.REQUESTS_SAID: tell_requests,
    Letter.TIME_FREED: offer_time,
    Letter.INVITATION: invite,
    Letter.REMINDER: remind,
    Letter.ASK_AGAIN: ask_again,
    Letter.SEE_YOU: see_you,
    Letter.CONFIRMED: confirm,
    Letter.CHANGED: tell_change,
    Letter.CANCELLED: tell_cancellation,
    Letter.ELSEWHERE: leave_mailbox,
    Letter.SWAP_ASKED: write_about_swap,
    Letter.SWAP_ACCEPTED: write_about_swap,
    Letter.SWAP_DECLINED: write_about_swap,
    Letter.SWAP_EXPIRED: write_about_swap,
    Letter.SWAP_NOTICE: tell_leader,
    Letter.PLAN_PROPOSED: write_about_plan,
    Letter.PLAN_ANSWERED: write_about_plan,
    Letter.PLAN_AGREED: write_about_plan,
    Letter.PLAN_NOTICE: tell_leader,
    Letter.PLAN_DATES: tell_dates,
    Letter.PLAN_DATES_OFF: tell_dates,
    Letter.PLAN_DATES_ELSEWHERE: tell_dates,
    Letter.PLAN_MOVED_NOTICE: tell_leader,
    Letter.CONTACT_LATE: remind_leader,
    Letter.AFTERWARDS: tell_afterwards,
    Letter.SINGLE_PROPOSED: propose_single,
    Letter.SINGLE_NOTICE: tell_leader,
    Letter.HELP_SAID: tell_help,
    Letter.GUEST: invite_guest,
    Letter.GUEST_OFF: cancel_guest,
    Letter.GUEST_EXTRA: invite_extra,
    Letter.GUEST_EXTRA_OFF: cancel_extra,
    Letter.EXTRA_SAID: tell_extra,
    Letter.GATHERING: invite_to_gathering,
    Letter.GATHERING_CHANGED: invite_to_gathering,
    Letter.GATHERING_OFF: call_off_gathering,
    Letter.GATHERING_ELSEWHERE: leave_mailbox_of_gathering,
    Letter.GATHERING_REMINDER: ask_about_gathering,
    Letter.CIRCLE_NOTICE: tell_leader,
    Letter.TASK_CHANGED: tell_helper,
    Letter.EXTRA_NOTICE: tell_leader,
    Letter.MESSAGE: tell_leader,
    Letter.SUPPORT_INVITED: invite_to_meeting,
    Letter.SUPPORT_CANCELLED: cancel_meeting,
    Letter.SUPPORT_NOTICE: tell_leader,
    Letter.STAND_IN: tell_leader,
    Letter.CONTACT_ASKED: write_about_contact,
    Letter.CONTACT_SAID: write_about_contact,
    Letter.CONTACT_NOTICE: tell_about_contact,
    Letter.CONTACT_MESSAGE: write_about_contact,
    Letter.CLASS_MESSAGE: write_about_contact,
    Letter.CONSULT: tell_consult,
    Letter.CONSULT_ELSEWHERE: leave_mailbox_of_consult,
    Letter.CONSULT_OFF: end_consult,
    Letter.ON_REQUEST: tell_who_asked,
    Letter.BUDDY_ASKED: write_about_buddy,
    Letter.BUDDY_FOUND: write_about_buddy,
    Letter.QUESTIONNAIRE: ask_opinion,
    Letter.LINK: send_link,
    Letter.SET_PASSWORD: ask_password,
    Letter.TRIAL: try_out,
}


def speaking(language: str) -> AbstractContextManager[None]:
    """Write in this language, or in Dutch if we do not know it."""
    spoken = {str(locale) for locale in get_babel().instance.list_translations()}
    return force_locale(language if language in spoken else "nl")  # type: ignore[no-any-return]


def direction_of(language: str) -> str:
    """Which way this language is read."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _sheet(
    facts: LetterFacts, link: str, *, calendar: bytes | None = None, method: Method | None = None, of: str = ""
) -> Sheet:
    language = str(getattr(get_locale(), "language", "nl"))
    given = {
        "action_by": action_by,
        "addressee": one_line(facts.addressee) or _("ouders van %(pupil)s", pupil=facts.pupil),
        "afterwards": facts.afterwards,
        "agenda": [one_line(line) for line in facts.agenda],
        "talk_kind": _kind(facts),
        "medium_name": medium_name,
        "pupil_part_name": pupil_part_name,
        "pupil_part": facts.pupil_part,
        "questions": [one_line(question) for question in facts.questions],
        "single": facts.single,
        "answered": facts.talk is not None and facts.talk.status is BookingStatus.CONFIRMED,
        "calendar": method is Method.REQUEST and calendar is not None,
        "change_until": facts.change_until,
        "buddy": facts.buddy,
        "buddy_about": one_line(about_buddy(facts.buddy.wish)) if facts.buddy else "",
        "contact": facts.contact,
        "group_name": f"{class_word(facts.school.sector)} {facts.contact.class_name}" if facts.contact else "",
        "task": facts.task,
        "task_group": f"{class_word(facts.school.sector)} {facts.task.class_name}" if facts.task else "",
        "children": named([one_line(name) for name in facts.children]),
        "exchanged": facts.exchanged,
        "direction": direction_of(language),
        "direction_of": direction_of,
        "kind": facts.kind,
        "language": language,
        "link": link,
        "of": of,
        "opens_at": facts.opens_at,
        "period": facts.period,
        "copy": facts.plan,
        "dates": facts.dates,
        "date_said": _date_said,
        "moved": facts.moved,
        "when_said": when_said,
        "days_said": days_said,
        "form_name": form_name,
        "need_name": need_name,
        "evening_line": evening_line,
        "period_name": period_name,
        "pupil": one_line(facts.pupil),
        "preparation": facts.links,
        "preparation_language": facts.links_language,
        "purpose": clean(facts.purpose).strip(),
        "purpose_language": facts.purpose_language,
        "message": _told(facts.message),
        "reminded": facts.reminded,
        "reminded_of": named([one_line(name) for name in facts.reminded.children]) if facts.reminded else "",
        "requests": facts.requests,
        "freed": facts.freed,
        "same_time": _is_same_time(facts),
        "other_way": _is_other_way(facts),
        "new_link": _is_new_link(facts),
        "school": facts.school,
        "siblings": facts.siblings,
        "swap": facts.swap,
        "gathering": facts.gathering,
        "facilities": _facilities(facts),
        "gathering_title": _gathering_title(facts),
        "gathering_kind": planned_name(facts.gathering.now.kind) if facts.gathering else "",
        "gathering_children": named([one_line(name) for name in facts.gathering.children]) if facts.gathering else "",
        "guest": facts.guest,
        "help": facts.help,
        "word": facts.word,
        "leaders": named([leader.full for leader in facts.word.leaders]) if facts.word else "",
        "extra": facts.extra,
        "extra_name": extra_name,
        "way_name": way_name,
        "homes": facts.homes,
        "away": facts.away,
        "because": facts.because,
        "meeting": facts.meeting,
        "to_family": facts.staff_id is None,
        "to_guest": facts.to_guest,
        "talk": facts.talk,
        "to_pupil": facts.to_pupil,
        "was": facts.was,
        "wishes_until": facts.wishes_until,
        "wished_by": facts.wished_by,
        "wished_late": facts.wished_late,
    }
    folder = facts.letter.value
    subject = one_line(_render(f"mail/{folder}/subject.txt", given))
    text = _tidy(_render(f"mail/{folder}/body.txt", given))
    html = _render(f"mail/{folder}/body.html", given | {"subject": subject}).strip() + "\n"
    return Sheet(subject, text, html, language, calendar, method if calendar else None)


def _told(message: Message | None) -> Message | None:
    """A name in one line, and words without what cannot be seen."""
    if message is None:
        return None
    return replace(
        message, writer=one_line(message.writer), words=clean(message.words).strip(), subject=one_line(message.subject)
    )


def _is_same_time(facts: LetterFacts) -> bool:
    """Is only the place new?"""
    return _keeps_time(facts) and not _is_other_way(facts) and not _is_new_link(facts)


def _is_other_way(facts: LetterFacts) -> bool:
    """Do people meet in another way, at the same time?"""
    was, talk = facts.was, facts.talk
    return _keeps_time(facts) and was is not None and talk is not None and was.met not in (None, talk.met)


def _is_new_link(facts: LetterFacts) -> bool:
    """Is the link of the video call all that is new?"""
    was, talk = facts.was, facts.talk
    if was is None or talk is None:
        return False
    return _keeps_time(facts) and was.other_link and (was.met, was.place) == (talk.met, talk.place)


def _keeps_time(facts: LetterFacts) -> bool:
    was, talk = facts.was, facts.talk
    if was is None or talk is None:
        return False
    return (was.starts_at, was.ends_at, was.leader) == (talk.starts_at, talk.ends_at, talk.leader)


def _render(name: str, given: dict[str, object]) -> str:
    """Straight from the environment: the letters need nothing that pages are given, above all no query each."""
    return current_app.jinja_env.get_template(name).render(given)


def _tidy(text: str) -> str:
    """At most one empty line in a row, no space at the ends of lines."""
    lines = "\n".join(line.rstrip() for line in clean(text).splitlines())
    return BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def _family_link(token: str, paper: Paper) -> str:
    return f"{paper.base_url}/g/{token}"


def _request(facts: LetterFacts, paper: Paper) -> bytes | None:
    if facts.talk is None:
        return None
    return calendar_of(
        _entry(facts, facts.talk, _("%(kind)s – %(school)s", kind=at_start(_kind(facts)), school=facts.school.name)),
        method=Method.REQUEST,
        organizer=_organizer(facts, paper),
        attendee=Mailbox(facts.addressee, facts.address),
        accepted=facts.talk.status is BookingStatus.CONFIRMED,
        alarm=_("Over twee uur is het %(kind)s.", kind=_kind(facts)),
    )


def _cancellation(facts: LetterFacts, paper: Paper) -> bytes | None:
    if facts.talk is None:
        return None
    return calendar_of(
        _entry(facts, facts.talk, _("Geannuleerd: %(kind)s – %(school)s", kind=_kind(facts), school=facts.school.name)),
        method=Method.CANCEL,
        organizer=_organizer(facts, paper),
        attendee=Mailbox(facts.addressee, facts.address),
        accepted=False,
        alarm="",
    )


def _date_file(facts: LetterFacts, one: ToldDate, paper: Paper) -> CalendarFile:
    """One moment of contact as it stands in this person's calendar. Whole days ring no bell."""
    method = Method.CANCEL if one.off else Method.REQUEST
    called = family_summary(one.form, facts.school.name)
    entry = days_entry(
        one.uid, one.sequence, facts.stamp, one.days, one.span,
        _("Geannuleerd: %(what)s", what=called) if one.off else called,
        place_of(one.form, facts.school.name, facts.school.address),
    )  # fmt: skip
    alarm = _("Over twee uur hebben wij contact.") if one.span else ""
    data = calendar_of(
        entry, method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        accepted=True, alarm=alarm,
    )  # fmt: skip
    return CalendarFile(data, method)


def _date_said(one: ToldDate) -> str:
    """ "Telefoongesprek: maandag 22 tot en met vrijdag 26 november"."""
    how = form_name(one.form) if one.form else _("Contact")
    when = day_and_hour(one.span.starts_at) if one.span else period_text(one.days)
    return f"{how}: {when}"


def _guest_calendar(facts: LetterFacts, paper: Paper, method: Method) -> bytes | None:
    """The talk as it stands in an interpreter's calendar: language, time and place, and nobody's name."""
    guest = facts.guest
    if guest is None:
        return None
    off = method is Method.CANCEL
    summary = _("Tolken %(language)s – %(school)s", language=guest.language, school=facts.school.name)
    on_site = guest.way is Way.ON_SITE
    place = (facts.school.name, guest.room, facts.school.address) if on_site else (at_start(way_name(guest.way)),)
    if guest.at_home:
        place = (at_start(at_home_name()),)
    return calendar_of(
        Entry(
            uid=guest.uid, sequence=facts.sequence, stamp=facts.stamp, starts_at=guest.starts_at,
            ends_at=guest.ends_at, location=", ".join(filter(None, place)), description=guest.number,
            summary=_("Geannuleerd: %(what)s", what=summary) if off else summary,
        ),
        method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        accepted=False, alarm="" if off else _("Over twee uur tolkt u bij %(school)s.", school=facts.school.name),
    )  # fmt: skip


def _extra_calendar(facts: LetterFacts, paper: Paper, method: Method) -> bytes | None:
    """The talk as it stands in the calendar of who was asked: time and place, and no child's name."""
    guest = facts.guest
    if guest is None:
        return None
    off = method is Method.CANCEL
    called = _("Geannuleerd: gesprek – %(school)s") if off else _("Gesprek – %(school)s")
    on_site = guest.way is Way.ON_SITE
    place = (facts.school.name, guest.room, facts.school.address) if on_site else (at_start(way_name(guest.way)),)
    return calendar_of(
        Entry(
            uid=guest.uid, sequence=facts.sequence, stamp=facts.stamp, starts_at=guest.starts_at,
            ends_at=guest.ends_at, location=", ".join(filter(None, place)),
            summary=called % {"school": facts.school.name},
            description=_("Met %(leader)s", leader=guest.leader) if guest.leader else guest.number,
        ),
        method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        accepted=False, alarm="" if off else _("Over twee uur is het gesprek."),
    )  # fmt: skip


def _consult(facts: LetterFacts, paper: Paper, method: Method) -> bytes | None:
    """Time and place of the series; never what it is about."""
    found = facts.contact.consult if facts.contact else None
    if found is None:
        return None
    called = {
        Method.REQUEST: _("Overleg – %(school)s", school=facts.school.name),
        Method.CANCEL: _("Geannuleerd: overleg – %(school)s", school=facts.school.name),
    }
    days = sorted(found.days, key=lambda day: day.planned_at)
    series = Series(
        found.uid, facts.sequence, facts.stamp, found.minutes, called[method],
        tuple(SeriesDay(day.planned_at, day.starts_at, day.cancelled) for day in days), facts.school.name,
    )  # fmt: skip
    return repeating(
        series, method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        alarm=_("Over twee uur is het overleg."),
    )  # fmt: skip


def _link_to_meeting(facts: LetterFacts, token: str, paper: Paper) -> str:
    if facts.to_guest:
        return ""
    return f"{paper.base_url}/staff" if facts.staff_id else _family_link(token, paper)


def _meeting(facts: LetterFacts, paper: Paper, method: Method) -> bytes | None:
    """For everybody the same: time and place, and never about whom."""
    found = facts.meeting
    if found is None:
        return None
    called = {
        Method.REQUEST: _("Gesprek – %(school)s", school=facts.school.name),
        Method.CANCEL: _("Geannuleerd: gesprek – %(school)s", school=facts.school.name),
    }
    entry = Entry(
        uid=found.uid, sequence=facts.sequence, stamp=facts.stamp, starts_at=found.span.starts_at,
        ends_at=found.span.ends_at, summary=called[method],
        description="" if facts.to_guest else _("Met %(leader)s", leader=found.supervisor.full),
        location=", ".join(part for part in (facts.school.name, found.room, facts.school.address) if part),
    )  # fmt: skip
    return calendar_of(
        entry, method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        accepted=False, alarm=_("Over twee uur is het gesprek.") if method is Method.REQUEST else "",
    )  # fmt: skip


def _gathering_title(facts: LetterFacts) -> str:
    """ "Startreceptie groep 3"."""
    found = facts.gathering
    return title(found.now.kind, found.now.classes, facts.school.sector) if found else ""


def _facilities(facts: LetterFacts) -> list[str]:
    found = facts.gathering
    return facilities(found.details, to="pupil" if facts.to_pupil else "parent") if found else []


def _gathering(facts: LetterFacts, paper: Paper, method: Method) -> bytes | None:
    """A gathering as it stands in the calendar of one person: nobody's name is in it."""
    found = facts.gathering
    if found is None:
        return None
    off = method is Method.CANCEL
    called = _("%(what)s – %(school)s", what=_gathering_title(facts), school=facts.school.name)
    lines = [
        found.now.theme, found.now.route or facts.school.route,
        _("Laat weten of u komt, op uw eigen pagina. De link staat in de mail van de school."),
    ]  # fmt: skip
    entry = Entry(
        uid=found.uid, sequence=facts.sequence, stamp=facts.stamp, starts_at=found.now.starts_at,
        ends_at=found.now.ends_at, summary=_("Geannuleerd: %(what)s", what=called) if off else called,
        description="" if off else "\n".join(line for line in lines if line),
        location=", ".join(part for part in (facts.school.name, found.now.place, facts.school.address) if part),
    )  # fmt: skip
    return calendar_of(
        entry, method=method, organizer=_organizer(facts, paper), attendee=Mailbox(facts.addressee, facts.address),
        accepted=found.coming is Coming.YES, alarm="" if off else _("Over twee uur begint het."),
    )  # fmt: skip


def _entry(facts: LetterFacts, talk: Talk, summary: str) -> Entry:
    """What a family's calendar shows: no child's name in the title, no topics, no link of its own."""
    place = ", ".join(part for part in (facts.school.name, where(talk.place), facts.school.address) if part)
    if talk.elsewhere:
        place = at_start(medium_name(talk.met))
    lines = [_("Met %(leader)s", leader=talk.with_whom)]
    if facts.school.route and not talk.elsewhere:
        lines.append(facts.school.route)
    lines.append(_("Antwoorden en veranderen kan op uw eigen pagina. De link staat in de mail van de school."))
    return Entry(
        uid=talk.uid,
        sequence=facts.sequence,
        stamp=facts.stamp,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
        summary=summary,
        description="\n".join(lines),
        location=place,
        video=talk.join_link,
    )


def _kind(facts: LetterFacts) -> str:
    """What the talk is called."""
    return kind_name(facts.kind or RoundKind.START_CONVERSATION, facts.school.sector)


def _organizer(facts: LetterFacts, paper: Paper) -> Mailbox:
    return Mailbox(facts.school.name, paper.sender.address)
