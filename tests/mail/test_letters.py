"""What families read. The approved texts stand in tests/mail/approved; APPROVE=1 writes them anew, to be read."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import get_babel

from scheduling.domain.extra_persons import ExtraKind, ExtraNews, ExtraState
from scheduling.domain.gatherings import Coming
from scheduling.domain.gatherings import Details as GatheringDetails
from scheduling.domain.guests import HelpState, Way
from scheduling.domain.mailings import BECAUSE_ENDED, BECAUSE_GROWN, Letter
from scheduling.domain.on_request import Word
from scheduling.domain.people import Name
from scheduling.domain.plans import Said
from scheduling.domain.reminders import Occasion
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import BookingStatus, RoundKind
from scheduling.domain.single_talks import Medium
from scheduling.domain.texts import LetterUnfinished, PreparationLink, compelling_words
from scheduling.domain.year_plans import PlannedKind
from scheduling.mail.letters import write
from scheduling.mail.message import Sheet
from scheduling.queries.letters import LetterFacts, Reminded, Swap, Was
from tests.mail.facts import (
    CLASS_MEETING,
    CONSULT,
    CONTACT,
    EXCHANGED,
    EXTRA,
    EXTRA_ASKED,
    GUEST,
    HELP,
    MEETING,
    PAPER,
    RECEPTION,
    STARTS,
    TALK,
    TASK,
    TERMS,
    TERMS_BEFORE,
    TERMS_WITH_MOMENTS,
    TO_CLASS,
    TOKEN,
    WORD,
    facts,
    plan_copy,
)

APPROVED = Path(__file__).parent / "approved"
PREPARE = PreparationLink("Zo bereidt u zich voor", "https://www.linde.example.org/ouders/startgesprek")
OWN_TEXT: dict[str, object] = {"purpose": "Dit jaar draait om lezen.\n\nNeem gerust een boek mee.", "links": (PREPARE,)}
TURKISH: dict[str, object] = {
    "purpose": "Bu yıl okumaya önem veriyoruz.", "purpose_language": "tr", "links": (PREPARE,),
}  # fmt: skip
VARIANTS: dict[str, dict[str, object]] = {
    **{letter.value: {"letter": letter} for letter in Letter},
    "wishes_to_adult_pupil": {"letter": Letter.WISHES, "to_pupil": True, "addressee": "Sami Yilmaz"},
    "wishes_said_to_the_school": {"letter": Letter.WISHES_SAID, "wished_by": "", "wished_late": True},
    "wishes_said_for_adult_pupil": {
        "letter": Letter.WISHES_SAID,
        "wished_by": "",
        "to_pupil": True,
        "addressee": "Sami Yilmaz",
    },
    "requests_said_to_adult_pupil": {"letter": Letter.REQUESTS_SAID, "to_pupil": True, "addressee": "Sami Yilmaz"},
    "wishes_for_a_contact_evening": {"letter": Letter.WISHES, "kind": RoundKind.CONTACT_EVENING},
    "invitation_to_a_contact_evening": {"kind": RoundKind.CONTACT_EVENING},
    "reminder_of_a_contact_evening": {"letter": Letter.REMINDER, "kind": RoundKind.CONTACT_EVENING},
    "invitation_to_choose": {"talk": None, "siblings": (), "change_until": None},
    "invitation_to_choose_later": {
        "talk": None,
        "siblings": (),
        "change_until": None,
        "opens_at": datetime(2027, 8, 25, 15, 0, tzinfo=UTC),
    },
    "invitation_to_adult_pupil": {"to_pupil": True, "siblings": (), "addressee": "Sami Yilmaz"},
    "invitation_with_own_purpose": {"purpose": "Dit jaar draait om lezen. Wij vertellen u hoe."},
    "invitation_with_the_way_to_the_room": {
        "talk": replace(TALK, place=Place("lokaal 3", "begane grond", "hoofdgebouw", "Dorp"))
    },
    "invitation_with_own_text_in_turkish": {"language": "tr", **TURKISH},
    "invitation_with_an_agenda": {"agenda": ("Hoe het gaat in de klas", "Wat goed lukt")},
    "invitation_of_both_homes": {"talk": replace(TALK, joint=True)},
    "reminder_of_both_homes": {"letter": Letter.REMINDER, "talk": replace(TALK, joint=True)},
    "changed_for_both_homes": {"letter": Letter.CHANGED, "talk": replace(TALK, joint=True)},
    "cancelled_for_a_talk_of_each_home": {"letter": Letter.CANCELLED, "homes": "apart"},
    "cancelled_and_we_call": {"letter": Letter.CANCELLED, "away": "call"},
    "cancelled_and_the_family_chooses": {"letter": Letter.CANCELLED, "away": "link"},
    "changed_to_who_stands_in": {
        "letter": Letter.CHANGED,
        "away": "move",
        "was": Was(TALK.starts_at, TALK.ends_at, Place("lokaal 3"), Name("Karin", "", "Bakker")),
    },
    "changed_because_the_leader_is_away": {"letter": Letter.CHANGED, "away": "move"},
    "cancelled_for_one_talk_together": {"letter": Letter.CANCELLED, "homes": "together"},
    "reminder_with_own_text": {"letter": Letter.REMINDER, **OWN_TEXT},
    "reminder_answered": {"letter": Letter.REMINDER, "talk": replace(TALK, status=BookingStatus.CONFIRMED)},
    "task_is_off": {"letter": Letter.TASK_CHANGED, "task": replace(TASK, day=None)},
    "ask_again_to_choose_a_time": {
        "letter": Letter.ASK_AGAIN,
        "reminded": Reminded(Occasion.ANSWER_LAST_DAY, ("Sami", "Noor"), (), STARTS - timedelta(days=3)),
    },
    "ask_again_whom_to_speak": {
        "letter": Letter.ASK_AGAIN,
        "kind": RoundKind.CONTACT_EVENING,
        "reminded": Reminded(Occasion.WISHES_HALFWAY, ("Sami",), (), STARTS - timedelta(days=3), teachers=True),
    },
    "ask_again_to_adult_pupil": {"letter": Letter.ASK_AGAIN, "to_pupil": True, "addressee": "Sami Yilmaz"},
    "see_you_to_adult_pupil": {"letter": Letter.SEE_YOU, "to_pupil": True, "addressee": "Sami Yilmaz"},
    "swap_declined_and_looking": {"letter": Letter.SWAP_DECLINED, "swap": Swap(looking=True)},
    "swap_asked_by_the_other_home": {
        "letter": Letter.SWAP_ASKED,
        "swap": Swap(starts_at=STARTS, to_starts_at=STARTS + timedelta(days=2), until=STARTS, other_home=True),
    },
    "plan_proposed_by_the_leader": {"letter": Letter.PLAN_PROPOSED, "plan": plan_copy(together=False)},
    "plan_proposed_anew": {"letter": Letter.PLAN_PROPOSED, "plan": plan_copy(before=TERMS_BEFORE)},
    "plan_proposed_with_moments": {
        "letter": Letter.PLAN_PROPOSED,
        "plan": plan_copy(before=TERMS, terms=TERMS_WITH_MOMENTS),
    },
    "plan_proposed_to_adult_pupil": {"letter": Letter.PLAN_PROPOSED, "to_pupil": True, "addressee": "Sami Yilmaz"},
    "plan_answered_with_a_wish": {"letter": Letter.PLAN_ANSWERED, "plan": plan_copy(said=Said.OTHER)},
    "plan_notice_of_a_wish": {"letter": Letter.PLAN_NOTICE, "plan": plan_copy(said=Said.OTHER)},
    "plan_notice_of_one_yes": {"letter": Letter.PLAN_NOTICE, "plan": plan_copy(said=Said.YES, asks_pupil=True)},
    "elsewhere_because_the_pupil_is_eighteen": {"letter": Letter.ELSEWHERE, "because": BECAUSE_GROWN},
    "elsewhere_because_the_authority_ended": {"letter": Letter.ELSEWHERE, "because": BECAUSE_ENDED},
    "confirmed_with_video": {
        "letter": Letter.CONFIRMED,
        "talk": replace(TALK, medium=Medium.VIDEO, join_link="https://beeld.example.org/1a2b3c"),
    },
    "support_invited_to_a_guest": {
        "letter": Letter.SUPPORT_INVITED,
        "guardian_id": None,
        "staff_id": 9,
        "to_guest": True,
        "addressee": "A. Bakker",
        "pupil": "",
        "address": "bakker@example.org",
    },
    "support_invited_to_the_teacher": {
        "letter": Letter.SUPPORT_INVITED,
        "guardian_id": None,
        "staff_id": 2,
        "addressee": "Anna de Vries",
    },
    "support_invited_to_adult_pupil": {
        "letter": Letter.SUPPORT_INVITED,
        "to_pupil": True,
        "addressee": "Sami Yilmaz",
    },
    "support_cancelled_for_one": {"letter": Letter.SUPPORT_CANCELLED, "meeting": MEETING},
    "stand_in_no_longer": {"letter": Letter.STAND_IN, "exchanged": EXCHANGED[1:]},
    "changed_by_a_swap": {"letter": Letter.CHANGED, "swap": Swap(how="done")},
    "changed_back": {"letter": Letter.CHANGED, "swap": Swap(how="undone")},
    "changed_to_another_room": {
        "letter": Letter.CHANGED,
        "was": Was(TALK.starts_at, TALK.ends_at, Place("aula"), TALK.leader),
    },
    **{
        f"on_request_{word}": {"letter": Letter.ON_REQUEST, "word": replace(WORD, word=word, leaders=())}
        for word in (Word.TALK, Word.HELD)
    },
    "guest_changed": {"letter": Letter.GUEST, "guest": replace(GUEST, is_new=False, others=())},
    "guest_on_the_phone": {
        "letter": Letter.GUEST,
        "guest": replace(GUEST, way=Way.PHONE, number="000 - 000 00 07", others=()),
    },
    "help_that_did_not_work": {"letter": Letter.HELP_SAID, "help": replace(HELP, state=HelpState.NOT_POSSIBLE)},
    "guest_extra_to_a_colleague": {
        "letter": Letter.GUEST_EXTRA,
        "guardian_id": None,
        "staff_id": 9,
        "addressee": "Karin Smit",
        "guest": replace(GUEST, language="", leader="Anna de Vries", others=()),
    },
    "guest_extra_from_outside_changed": {
        "letter": Letter.GUEST_EXTRA,
        "guest": replace(GUEST, language="", given_name="", is_new=False, others=()),
    },
    "extra_that_did_not_work": {
        "letter": Letter.EXTRA_SAID,
        "extra": replace(EXTRA, state=ExtraState.NOT_POSSIBLE, who=""),
    },
    "gathering_with_a_theme": {
        "letter": Letter.GATHERING,
        "gathering": replace(
            RECEPTION,
            now=replace(RECEPTION.now, kind=PlannedKind.INFORMAL_MEETING, theme="Sociale media", route=""),
            details=GatheringDetails(),
        ),
    },
    "gathering_for_the_whole_school": {
        "letter": Letter.GATHERING,
        "gathering": replace(
            RECEPTION,
            now=replace(RECEPTION.now, kind=PlannedKind.INFORMATION_EVENING, classes=(), route=""),
        ),
    },
    "gathering_to_get_acquainted": {
        "letter": Letter.GATHERING,
        "gathering": replace(
            RECEPTION,
            now=replace(RECEPTION.now, kind=PlannedKind.ENROLMENT_MEETING, classes=()),
            details=GatheringDetails(),
        ),
    },
    "gathering_of_parents": {
        "letter": Letter.GATHERING,
        "gathering": replace(RECEPTION, now=replace(RECEPTION.now, kind=PlannedKind.PARENTS_EVENING)),
    },
    "gathering_changed_and_answered": {
        "letter": Letter.GATHERING_CHANGED,
        "gathering": replace(RECEPTION, coming=Coming.YES, was=replace(RECEPTION.now, place="aula")),
    },
    "gathering_off_for_this_family": {
        "letter": Letter.GATHERING_OFF,
        "gathering": replace(RECEPTION, off=True, goes_on=True),
    },
    "extra_that_is_arranged_again": {
        "letter": Letter.EXTRA_SAID,
        "extra": replace(EXTRA, state=ExtraState.AGAIN, who=""),
    },
    "extra_notice_of_who_does_without": {
        "letter": Letter.EXTRA_NOTICE,
        "extra": replace(EXTRA_ASKED, news=ExtraNews.WITHDRAWN),
    },
    "extra_notice_of_who_leaves": {
        "letter": Letter.EXTRA_NOTICE,
        "extra": replace(EXTRA_ASKED, state=ExtraState.AGAIN, who="Karin Smit", news=ExtraNews.AGAIN),
    },
    "extra_notice_of_who_comes_along": {
        "letter": Letter.EXTRA_NOTICE,
        "extra": replace(EXTRA_ASKED, kind=ExtraKind.FAMILY, who="Oma Fatma"),
    },
    "class_message_answered_to_the_writer": {
        "letter": Letter.CLASS_MESSAGE,
        "message": replace(TO_CLASS, reply_to="noura@example.org"),
    },
    **{
        f"contact_said_{what}": {
            "letter": Letter.CONTACT_SAID,
            "contact": replace(CONTACT, what=what, consult=CONSULT),
        }
        for what in ("consult_asked", "consult_agreed", "consult_declined", "consult_ended")
    },
    **{
        f"contact_notice_{what}": {
            "letter": Letter.CONTACT_NOTICE,
            "contact": replace(CONTACT, what=what, consult=CONSULT),
        }
        for what in ("consult_asked", "consult_agreed", "consult_declined", "consult_changed", "consult_ended")
    },
    **{
        f"contact_said_{what}": {
            "letter": Letter.CONTACT_SAID,
            "contact": replace(CONTACT, what=what, meeting=CLASS_MEETING),
        }
        for what in ("meeting_agreed", "meeting_declined", "meeting_moved", "meeting_fell")
    },
    **{
        f"contact_notice_{what}": {
            "letter": Letter.CONTACT_NOTICE,
            "contact": replace(CONTACT, what=what, meeting=CLASS_MEETING),
        }
        for what in ("meeting_asked", "meeting_off")
    },
    "contact_said_it_went": {"letter": Letter.CONTACT_SAID, "contact": replace(CONTACT, what="sent")},
    **{
        f"contact_notice_of_{what}": {"letter": Letter.CONTACT_NOTICE, "contact": replace(CONTACT, what=what)}
        for what in ("yes", "no", "ended")
    },
    "changed_and_answered": {"letter": Letter.CHANGED, "talk": replace(TALK, status=BookingStatus.CONFIRMED)},
}


WITHOUT_LINK = (
    "trial", "elsewhere", "gathering_elsewhere", "consult_elsewhere", "plan_dates_elsewhere",
    "elsewhere_because_the_pupil_is_eighteen",
    "elsewhere_because_the_authority_ended", "support_cancelled", "support_cancelled_for_one",
    "support_invited_to_a_guest", "confirmed_with_video", "on_request", "on_request_held",
)  # fmt: skip
"""Letters that open nothing, and one that has a second link of its own."""


def variant(name: str) -> LetterFacts:
    changes = dict(VARIANTS[name])
    return facts(changes.pop("letter", Letter.INVITATION), **changes)  # type: ignore[arg-type]


def sheet(found: LetterFacts) -> Sheet:
    return write(found, token=TOKEN, paper=PAPER)


def languages() -> list[str]:
    return sorted({"nl"} | {str(one) for one in get_babel().instance.list_translations()})


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", VARIANTS)
def test_the_letter_reads_as_approved(name: str) -> None:
    written = sheet(variant(name))
    files = [(written.method, written.calendar)] if written.calendar else []
    files += [(one.method, one.data) for one in written.apart]
    text = f"{written.subject}\n\n{written.text}"
    for method, data in files:
        text += f"\n=== {method} ===\n" + data.decode().replace("\r\n", "\n")
    path = APPROVED / f"{name}.txt"
    if os.environ.get("APPROVE") == "1":
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", VARIANTS)
def test_no_letter_compels_in_any_language(name: str) -> None:
    for language in languages():
        written = sheet(replace(variant(name), language=language))
        words = " ".join([written.subject, written.text, BeautifulSoup(written.html, "html.parser").get_text(" ")])
        assert compelling_words(words, language) == []


@pytest.mark.parametrize("language, sentence", [
    ("nl", "Dit gesprek is verplicht."), ("nl", "U moet komen."), ("nl", "U dient te komen."), ("en", "You must come."),
    ("tr", "Gelmek zorunludur."), ("pl", "Obecność obowiązkowa."), ("uk", "Ви повинні прийти."), ("ar", "يجب الحضور"),
])  # fmt: skip
def test_words_that_compel_are_recognised(language: str, sentence: str) -> None:
    assert compelling_words(sentence, language)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "name", [name for name in VARIANTS if name not in WITHOUT_LINK and not name.startswith("guest")]
)
def test_the_link_stands_once_alone_on_a_line_of_the_text(name: str) -> None:
    found = variant(name)
    path = {
        Letter.SET_PASSWORD: f"staff/set-password/{TOKEN}",
        Letter.SWAP_NOTICE: "staff",
        Letter.PLAN_NOTICE: "staff",
        Letter.PLAN_MOVED_NOTICE: "staff",
        Letter.CONTACT_LATE: "staff/leader/week",
        Letter.SINGLE_NOTICE: "staff",
        Letter.MESSAGE: "staff",
        Letter.SUPPORT_NOTICE: "staff",
        Letter.STAND_IN: "staff",
        Letter.EXTRA_NOTICE: "staff",
        Letter.CIRCLE_NOTICE: "staff",
        Letter.CONTACT_NOTICE: "staff/contact-parents",
    }.get(found.letter, "staff" if found.staff_id else None)
    link = f"{PAPER.base_url}/{path or f'g/{TOKEN}'}"
    written = sheet(found)
    assert [line for line in written.text.splitlines() if PAPER.base_url in line] == [link]
    hrefs = {a["href"] for a in BeautifulSoup(written.html, "html.parser").find_all("a")}
    assert hrefs - {one.address for one in found.links} == {link}


@pytest.mark.usefixtures("context")
def test_a_mailbox_that_is_no_longer_used_gets_no_link() -> None:
    written = sheet(facts(Letter.ELSEWHERE))
    assert TOKEN not in written.text + written.html
    assert BeautifulSoup(written.html, "html.parser").find_all("a") == []
    assert "gaat gewoon door" in written.text


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", VARIANTS)
def test_the_secret_is_in_no_calendar(name: str) -> None:
    calendar = sheet(variant(name)).calendar or b""
    assert TOKEN.encode() not in calendar.replace(b"\r\n ", b"")


@pytest.mark.usefixtures("context")
def test_child_day_time_and_place_come_first() -> None:
    written = sheet(facts())
    assert written.text.splitlines()[:3] == [
        "Startgesprek van Sami",
        "dinsdag 31 augustus 2027, 15.20 tot 15.40 uur",
        "De Linde, lokaal 3",
    ]
    assert "Sami" in written.subject
    assert "dinsdag 31 augustus" in written.subject


@pytest.mark.usefixtures("context")
def test_the_invitation_says_what_the_talk_is_for_in_this_order() -> None:
    text = " ".join(sheet(facts()).text.split())
    points = [
        "Welkom op het startgesprek, Sami en ouders", "dinsdag 31 augustus om 15.20 uur",
        "beginnen wij het schooljaar samen",
        "kennis en kijken wat wij dit jaar willen bereiken", "U vertelt over uw kind", "van elkaar verwachten",
        "Al het andere dat u belangrijk vindt", "hoe wij dit jaar contact houden", "Zo helpen wij Sami samen",
    ]  # fmt: skip
    places = [text.index(point) for point in points]
    assert places == sorted(places)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("purpose", ["", "   ", "\n"])
def test_an_invitation_always_says_what_the_talk_is_for(purpose: str) -> None:
    assert "Wij maken kennis" in sheet(facts(purpose=purpose)).text


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("letter", [Letter.INVITATION, Letter.REMINDER])
def test_a_page_to_prepare_with_shows_where_it_leads(letter: Letter) -> None:
    written = sheet(facts(letter, **OWN_TEXT))
    assert f"{PREPARE.title}\n{PREPARE.address}\n" in written.text
    page = BeautifulSoup(written.html, "html.parser")
    link = page.find("a", href=PREPARE.address)
    assert (link.get_text(), link["rel"]) == (PREPARE.title, ["noopener", "noreferrer"])
    assert "www.linde.example.org" in page.get_text()
    assert [part.get_text() for part in page.find_all("p") if "boek" in part.get_text()] == [
        "Neem gerust een boek mee."
    ]


@pytest.mark.usefixtures("context")
def test_a_text_in_a_language_of_its_own_says_so_to_who_listens() -> None:
    page = BeautifulSoup(sheet(facts(language="ar", purpose="أهلا بكم", purpose_language="ar")).html, "html.parser")
    own = page.find("p", string="أهلا بكم")
    assert (own["lang"], own["dir"]) == ("ar", "rtl")
    assert page.html["lang"] == "nl"


@pytest.mark.usefixtures("context")
def test_what_a_school_typed_is_shown_and_never_run() -> None:
    typed = "<script>alert(1)</script> & 50%"
    html = sheet(facts(purpose=typed, links=(replace(PREPARE, title=typed),))).html
    assert "<script" not in html
    assert BeautifulSoup(html, "html.parser").get_text().count(typed) == 2


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("purpose", ["Beste {naam}, welkom.", "Wij zien u ### graag.", "Op %(dag)s."])
def test_a_letter_with_an_open_placeholder_stays_in_the_house(purpose: str) -> None:
    with pytest.raises(LetterUnfinished):
        sheet(facts(purpose=purpose))


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", VARIANTS)
def test_the_page_of_the_letter_is_safe_and_small(name: str) -> None:
    written = sheet(variant(name))
    page = BeautifulSoup(written.html, "html.parser")
    assert len(written.html.encode()) < 30_000
    assert page.find_all(["img", "script", "link", "iframe", "form"]) == []
    assert page.html is not None
    assert (page.html["lang"], page.html["dir"]) == ("nl", "ltr")
    assert all(table.get("role") == "presentation" for table in page.find_all("table"))
    assert len(page.find_all("h1")) == 1


@pytest.mark.usefixtures("context")
def test_text_and_page_tell_the_same_facts() -> None:
    written = sheet(facts())
    page = " ".join(BeautifulSoup(written.html, "html.parser").get_text(" ").split())
    for fact in (
        "dinsdag 31 augustus",
        "15.20 tot 15.40 uur",
        "lokaal 3",
        "Anna de Vries",
        "Noor",
        "lokaal 11",
        "Lindelaan 1",
    ):
        assert fact in written.text
        assert fact in page


@pytest.mark.usefixtures("context")
def test_names_are_text_whatever_they_hold() -> None:
    wild = '<script>alert("x")</script>{{7*7}}\u202e\x00'
    found = facts(addressee=wild, pupil=wild.replace("{{7*7}}", ""), talk=replace(TALK, leader=Name("<b>Anna</b>")))
    with pytest.raises(LetterUnfinished):
        sheet(found)
    written = sheet(replace(found, addressee="<script>alert(1)</script>\u202e\x00"))
    assert "<script>" not in written.html
    assert "<b>Anna" not in written.html
    assert not re.search("[\u202e\x00]", written.text + written.html + written.subject)


@pytest.mark.usefixtures("context")
def test_sentences_are_short() -> None:
    """Fewer than 18 words: the facts of a talk in one line are no sentence."""
    for name in VARIANTS:
        for line in sheet(variant(name)).text.splitlines():
            for sentence in re.split(r"(?<=[.?!:])\s+", line):
                assert len(sentence.split()) < 18, sentence


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("letter, method", [
    (Letter.INVITATION, "REQUEST"), (Letter.CONFIRMED, "REQUEST"), (Letter.CHANGED, "REQUEST"),
    (Letter.CANCELLED, "CANCEL"), (Letter.REMINDER, None), (Letter.LINK, None), (Letter.SET_PASSWORD, None),
    (Letter.TRIAL, None), (Letter.ELSEWHERE, "CANCEL"), (Letter.GATHERING_ELSEWHERE, "CANCEL"),
    (Letter.PLAN_DATES, None), (Letter.PLAN_DATES_OFF, "CANCEL"), (Letter.PLAN_DATES_ELSEWHERE, None),
    (Letter.GATHERING, "REQUEST"), (Letter.GATHERING_OFF, "CANCEL"), (Letter.GATHERING_REMINDER, None),
])  # fmt: skip
def test_only_letters_that_set_a_time_carry_a_calendar(letter: Letter, method: str | None) -> None:
    written = sheet(facts(letter))
    assert (written.method.value if written.method else None) == method
    assert (written.calendar is not None) == (method is not None)


@pytest.mark.usefixtures("context")
def test_the_times_are_those_of_the_school_on_both_sides_of_the_clock_change() -> None:
    for day, hour in (
        (datetime(2027, 10, 29, 13, 20, tzinfo=UTC), "15.20"),
        (datetime(2027, 11, 2, 13, 20, tzinfo=UTC), "14.20"),
    ):
        talk = replace(TALK, starts_at=day, ends_at=day.replace(minute=40))
        assert f"{hour} tot" in sheet(facts(talk=talk, siblings=())).text


def test_a_language_we_do_not_know_becomes_dutch(app: Flask) -> None:
    with app.app_context():
        assert sheet(facts(language="xx")).language == "nl"
