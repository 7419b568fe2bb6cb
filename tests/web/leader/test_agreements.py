"""Recording during the talk how to keep contact, and what the family sees of it."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.domain.plans import ContactForm, InfoNeed
from scheduling.domain.rounds import RoundKind
from scheduling.models import ClassGroup, CommunicationPlan, PlanForm, Pupil, Staff, db
from scheduling.services import rosters
from tests.builders import NOW, a_guardian, a_round, household_of, some_slots
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world_to_visit, an_adult


@pytest.fixture
def world(app: Flask):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            found = a_world_to_visit()
            db.session.query(PlanForm).delete()
            db.session.query(CommunicationPlan).delete()
            db.session.commit()
        yield found


@pytest.fixture
def bas(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.bas)


@pytest.fixture
def layla(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(world.layla)


def screen(visitor: Visitor, world: World) -> Page:
    return visitor.opens(f"/staff/leader/pupils/{world.sami.id}/homes/{world.samis_talk.household_id}/agreement")


def agree(visitor: Visitor, world: World, *forms: str, status: int = 200, **changes) -> Page:
    given = {"forms": list(forms) or ["call"], "need": "yes", "present": ["pupil", str(world.layla.id)]}
    return screen(visitor, world).presses("Bewaar de afspraak", status=status, **(given | changes))


def the_plan(app: Flask) -> CommunicationPlan | None:
    with app.app_context():
        plan = db.session.query(CommunicationPlan).one_or_none()
        if plan:
            list(plan.forms)
            db.session.expunge_all()
        return plan


def test_the_ordinary_case_is_four_taps(app, world, bas):
    page = screen(bas, world).presses(
        "Bewaar de afspraak", forms=["call"], when="na elk rapport", need="yes", present=["pupil", str(world.omar.id)]
    )
    assert "De afspraak is bewaard" in page.text
    plan = the_plan(app)
    assert [row.form for row in plan.forms] == [ContactForm.CALL]
    assert (plan.rhythm, plan.info_need, plan.agreed_with) == ("na elk rapport", InfoNeed.YES, "Sami, Omar Yilmaz")
    assert (plan.recorded_by, plan.household_id) == (world.bas.id, world.samis_talk.household_id)


def test_the_only_parent_of_a_home_is_ticked_beforehand(app, world):
    with app.app_context():
        karin = Visitor(app).signs_in(world.karin)
        home = household_of(db.session.merge(world.ruud)).id
    page = karin.opens(f"/staff/leader/pupils/{world.mila.id}/homes/{home}/agreement")
    ticked = [box["value"] for box in page.soup.find_all("input", attrs={"name": "present"}, checked=True)]
    assert ticked == ["pupil", str(world.ruud.id)]
    assert "Els" not in page.html


@pytest.mark.parametrize(
    "missing, words",
    [
        ({"forms": None}, "Kies hoe u contact houdt"),
        ({"need": None}, "Kies of een avond met de hele groep welkom is"),
        ({"present": ["pupil"]}, "Kies wie er namens het gezin bij is"),
        ({"agreed_on": "2027-08-21"}, "nog niet geweest"),
        ({"agreed_on": ""}, "Kies de dag van het gesprek"),
        ({"agreed_on": "gisteren"}, "gisteren"),
        ({"forms": ["whatsapp"]}, "Fout"),
        ({"need": "never"}, "Fout"),
        ({"goal": "a" * 201}, "Fout"),
    ],
)
def test_what_is_missing_is_asked_and_what_was_typed_stays(app, world, bas, missing, words):
    given = {"rhythm": "op dinsdag", "status": 422} | missing
    page = agree(bas, world, **given)
    assert words in page.html
    assert page.soup.find("input", id="rhythm")["value"] == "op dinsdag"
    assert the_plan(app) is None


def test_the_office_switches_on_further_forms_and_what_was_agreed_stays_when_they_are_off(app, world, bas, layla):
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    assert "WhatsApp" not in screen(bas, world).text
    office.opens("/staff/office/school").presses("Bewaar", further_forms=["video", "sms"])
    assert "WhatsApp" not in screen(bas, world).text
    agree(bas, world, "video", **{"moments-0-when": "on_demand", "moments-0-way": "sms"})
    page = layla.opens("/family/").follows("Bekijk en antwoord over Sami")
    assert "Op een contactavond ziet u elkaar met beeld, als de school dat dan heeft. Anders op school." in page.text
    page.presses("Zo is het goed")
    office.opens("/staff/office/school").presses("Bewaar", further_forms=[])
    page = screen(bas, world)
    ticked = [box["value"] for box in page.soup.find_all("input", attrs={"name": "forms"}, checked=True)]
    assert ticked == ["video", "sms"]
    assert "Met beeld bellen" in layla.opens("/family/").follows("Afspraak over Sami").text


def test_the_screen_starts_from_what_stands_and_a_change_is_a_new_version(app, world, bas):
    agree(bas, world, "call", "home_visit", rhythm="elke maand", goal="Sami leest graag", period="oktober")
    page = screen(bas, world)
    ticked = [box["value"] for box in page.soup.find_all("input", attrs={"name": "forms"}, checked=True)]
    assert ticked == ["call", "home_visit"]
    assert page.soup.find("input", id="goal")["value"] == "Sami leest graag"
    page.presses("Bewaar de afspraak", forms=["mail"], present=["pupil", str(world.layla.id)])
    plan = the_plan(app)
    assert (plan.version, plan.rhythm, plan.info_period) == (2, "elke maand", "oktober")


def test_an_agreement_that_changed_meanwhile_is_shown_as_it_is(app, world, bas):
    page = screen(bas, world)
    agree(bas, world, "mail")
    page = page.presses(
        "Bewaar de afspraak", status=409, forms=["call"], need="no", present=["pupil", str(world.layla.id)]
    )
    assert "intussen veranderd" in page.text
    ticked = [box["value"] for box in page.soup.find_all("input", attrs={"name": "forms"}, checked=True)]
    assert ticked == ["mail"]


def test_the_class_list_shows_who_has_none_and_who_has(world, bas):
    page = bas.opens("/staff/leader/agreements")
    assert "0 van 2 afgesproken" in page.text
    agree(bas, world, "call", rhythm="na elk rapport")
    page = bas.opens("/staff/leader/agreements")
    assert "0 van 2 afgesproken, 1 nog niet bevestigd" in page.text
    assert "ja 1 , misschien 0 , nee 0" in page.text


def test_the_family_says_yes_by_its_own_link_and_sees_who_did_when(app, world, bas, layla):
    agree(bas, world, "call", rhythm="na elk rapport")
    assert "Klopt dit?" in layla.opens("/family/").text
    page = layla.opens("/family/").follows("Afspraak over Sami")
    assert "U sprak dit af met Bas Jansen , op vrijdag 20 augustus" in page.text
    assert "Nog niet: het gezin." in page.text
    page = page.presses("Zo is het goed")
    assert "Zo doen wij het" in page.text
    assert "Layla Yilmaz : ja, op vrijdag 20 augustus" in page.text
    assert "Zo is het goed" not in page.text
    assert "Klopt dit?" not in layla.opens("/family/").text
    page = bas.opens("/staff/leader/agreements")
    assert "1 van 2 afgesproken" in page.text
    assert "bevestigd" not in page.text
    assert "Layla Yilmaz : ja, op vrijdag 20 augustus" in screen(bas, world).text


def test_a_proposal_of_the_leader_needs_nobody_there_and_says_so(app, world, bas, layla):
    agree(bas, world, "call", how="proposal", present=["pupil"])
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    assert "Bas Jansen stelt dit voor. Klopt het zo?" in page.text
    assert "U sprak dit af" not in page.text
    assert screen(bas, world).soup.find("input", value="proposal").has_attr("checked")


def test_a_family_that_wants_something_else_says_it_in_its_own_words(app, world, bas, layla):
    agree(bas, world, "call")
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    page = page.presses("Vertel dit aan school", wish="liever <b>mailen</b>")
    assert "De school leest het" in page.text
    assert "liever &lt;b&gt;mailen&lt;/b&gt;" in page.html
    for seen in (bas.opens("/staff/leader/agreements"), screen(bas, world)):
        assert "Het gezin wil graag iets anders" in seen.text
    assert "liever &lt;b&gt;mailen&lt;/b&gt;" in screen(bas, world).html
    assert "mailen" not in bas.opens("/staff/leader/agreements").text


@pytest.mark.parametrize("typed, words", [("", "Schrijf kort"), (" ", "Schrijf kort"), ("a" * 301, "hoogstens 300")])
def test_a_wish_without_words_or_too_long_is_asked_again_and_stays(app, world, bas, layla, typed, words):
    agree(bas, world, "call")
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Vertel dit aan school", wish=typed, status=422)
    assert words in page.text
    assert page.soup.find("textarea").get_text().strip() == typed.strip()


def test_a_change_asks_again_and_shows_old_and_new_to_both(app, world, bas, layla):
    agree(bas, world, "call", rhythm="elke maand")
    plan = the_plan(app).id
    layla.opens(f"/family/plans/{plan}").presses("Zo is het goed")
    agree(bas, world, "mail", rhythm="na elk rapport", when=None)
    page = layla.opens(f"/family/plans/{plan}")
    assert "Hoe Mailen eerst: Bellen" in page.text
    assert "Wanneer na elk rapport eerst: elke maand" in page.text
    assert "Klopt dit?" in page.text
    assert "Wat er eerst stond" in page.text
    assert "Wat er eerst stond" in screen(bas, world).text
    assert "1 nog niet bevestigd" in bas.opens("/staff/leader/agreements").text


def test_a_family_that_answers_while_the_leader_changes_sees_the_new_one(app, world, bas, layla):
    agree(bas, world, "call")
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    agree(bas, world, "mail")
    page = page.presses("Zo is het goed", status=409)
    assert "intussen veranderd" in page.text
    assert "Hoe Mailen eerst: Bellen" in page.text
    assert "Dank u wel" in page.presses("Zo is het goed").text


def test_the_yes_of_the_pupil_is_ticked_by_the_leader(app, world, bas, layla):
    agree(bas, world, "call", pupil_yes=["asked"])
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Zo is het goed")
    assert "Uw ja is binnen" in page.text
    assert "Nog niet: Sami zelf." in page.text
    assert "Het gezin zei ja, Sami nog niet" in bas.opens("/staff/leader/agreements").text
    page = screen(bas, world).presses("Sami zei ja in het gesprek")
    assert "Sami Yilmaz : ja, op vrijdag 20 augustus (in het gesprek)" in page.text
    assert "1 van 2 afgesproken" in bas.opens("/staff/leader/agreements").text


def test_a_yes_of_a_pupil_who_is_not_asked_changes_nothing(app, world, bas):
    agree(bas, world, "call")
    home = the_plan(app).household_id
    page = bas.posts(f"/staff/leader/pupils/{world.sami.id}/homes/{home}/agreement/pupil", status=409, seen="1")
    assert "staat geen vraag aan de leerling open" in page.text


def test_words_with_an_open_place_are_asked_for_again(app, world, bas):
    page = agree(bas, world, "call", goal="lezen met {naam}", status=422)
    assert "Hier staat nog iets open" in page.html
    assert the_plan(app) is None


def test_the_office_records_for_any_class(app, world):
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    page = office.opens("/staff/office/agreements").follows("3")
    page = page.follows("Leg vast")
    page.presses("Bewaar de afspraak", forms=["mail"], need="no", present=["other"])
    assert the_plan(app).recorded_by == world.office.id


def test_an_adult_pupil_agrees_without_the_parents(app, world):
    with app.app_context():
        kirsten = an_adult(world)
        a_guardian("Ans", kirsten)
        number = kirsten.id
        karin = Visitor(app).signs_in(world.karin)
    page = karin.opens(f"/staff/leader/pupils/{number}/agreement")
    assert "Ans" not in page.html
    page.presses("Bewaar de afspraak", forms=["mail"], need="no")
    plan = the_plan(app)
    assert (plan.household_id, plan.agreed_with) == (None, "Kirsten")
    with app.app_context():
        own = Visitor(app).comes_by_link(db.session.get(Pupil, number))
    assert "Mailen" in own.opens(f"/family/plans/{plan.id}").text


def test_the_family_sees_what_was_agreed(app, world, bas, layla):
    agree(
        bas, world, "call", "school_visit_evening", rhythm="na elk rapport", goal="Sami leest graag", period="oktober"
    )
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    for words in ("Bellen", "Op school, 's avonds", "na elk rapport", "Sami leest graag", "Bas Jansen", "oktober"):
        assert words in page.text
    assert "Geef dit antwoord" not in page.text


def test_the_family_says_yes_to_a_home_visit(app, world, bas, layla):
    agree(bas, world, "home_visit")
    assert "het gezin kiest zelf" in bas.opens("/staff/leader/agreements").text
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    assert not page.soup.find_all("input", type="radio", checked=True)
    page = page.presses("Geef dit antwoord", answer="welcome")
    assert "Bij u thuis" in page.text
    with app.app_context():
        row = db.session.query(PlanForm).one()
        assert (row.family_said_yes_at, row.family_said_yes_by) == (NOW, world.layla.id)
    assert "1 van 2 afgesproken" in bas.opens("/staff/leader/agreements").text


def test_rather_another_form_is_shown_as_an_agreement_like_any_other(app, world, bas, layla):
    agree(bas, world, "home_visit")
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Geef dit antwoord", answer="call")
    assert "Bellen" in page.text
    talk = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}")
    for seen in (page, talk, bas.opens("/staff/leader/agreements"), bas.opens("/staff/leader/list")):
        for word in ("geweigerd", "afgewezen", "wil niet", "Thuis:"):
            assert word not in seen.text
    assert "1 van 2 afgesproken" in bas.opens("/staff/leader/agreements").text


def test_rather_not_at_home_keeps_the_rest(app, world, bas, layla):
    agree(bas, world, "home_visit", "mail")
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Geef dit antwoord", answer="keep")
    assert "Mailen" in page.text
    assert "thuis?" not in page.text


def test_a_family_may_come_back_on_its_yes(app, world, bas, layla):
    agree(bas, world, "home_visit", "mail")
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Geef dit antwoord", answer="welcome")
    page = page.presses("Geef dit antwoord", answer="keep")
    assert "Bij u thuis" not in page.text


@pytest.mark.parametrize("answer", [None, "never", "home_visit"])
def test_no_answer_is_asked_for_again(app, world, bas, layla, answer):
    agree(bas, world, "home_visit")
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Geef dit antwoord", answer=answer, status=422)
    assert "Kies wat u het prettigst vindt" in page.text


def test_an_answer_to_a_question_that_was_taken_back(app, world, bas, layla):
    agree(bas, world, "home_visit")
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    agree(bas, world, "mail")
    page = page.presses("Geef dit antwoord", answer="welcome", status=409)
    assert "intussen veranderd" in page.text
    assert "Mailen" in page.text
    page = page.presses("Zo is het goed")
    assert "Afgesproken" in page.text
    layla.posts(f"/family/plans/{the_plan(app).id}", status=409, answer="welcome", seen="2")


def test_another_family_and_the_other_home_find_nothing(app, world, bas, layla):
    with app.app_context():
        other = a_guardian("Kanarie", db.session.merge(world.sami))
        strangers = [Visitor(app).comes_by_link(person) for person in (other, world.petra)]
    agree(bas, world, "home_visit", rhythm="kanarie", goal="kanarie")
    plan = the_plan(app).id
    for visitor in strangers:
        assert "kanarie" not in visitor.opens(f"/family/plans/{plan}", status=404).html
        for answer in ("welcome", "call", "keep", ""):
            visitor.posts(f"/family/plans/{plan}", status=404, answer=answer)
        assert "kanarie" not in visitor.opens("/family/").html
    assert the_plan(app).forms[0].family_said_yes_at is None
    home = the_plan(app).household_id
    page = bas.opens(f"/staff/leader/pupils/{world.sami.id}/homes/{home}/agreement")
    assert "Kanarie" not in page.html


def test_saving_an_agreement_as_it_stands_asks_nobody_again(app, world, bas, layla):
    agree(bas, world, "call", when="na elk rapport", rhythm="op dinsdag", goal="Sami durft meer")
    first = the_plan(app)
    page = screen(bas, world)
    assert [box["value"] for box in page.soup.find_all("input", attrs={"name": "when"}, checked=True)] == [
        "na elk rapport"
    ]
    assert page.soup.find("input", id="rhythm")["value"] == "op dinsdag"
    page = page.presses("Bewaar de afspraak", status=409, present=["pupil", str(world.layla.id)])
    assert "Er is niets veranderd." in page.text
    assert the_plan(app).version == first.version == 1
    page = page.presses("Bewaar de afspraak", when="elke maand")
    assert "De afspraak is bewaard" in page.text
    changed = the_plan(app)
    assert (changed.version, changed.rhythm) == (2, "elke maand, op dinsdag")


def test_a_question_about_contact_stands_on_the_first_page_below_the_talk_until_it_is_answered(app, world, bas, layla):
    agree(bas, world, "call")
    home = layla.opens("/family/")
    assert home.text.index("startgesprek") < home.text.index("Zo houden wij contact over Sami")
    page = home.follows("Bekijk en antwoord over Sami").presses("Zo is het goed")
    assert "Afgesproken" in page.text
    assert "Bekijk en antwoord over Sami" not in layla.opens("/family/").text


def test_who_wants_something_else_is_not_asked_twice(app, world, bas, layla):
    agree(bas, world, "call", "home_visit", pupil_yes=["asked"])
    plan = layla.opens("/family/").follows("Bekijk en antwoord over Sami")
    assert "Klopt het zo?" in plan.text
    assert "Sami antwoordt op school." in plan.text
    page = plan.presses("Vertel dit aan school", wish="Liever mailen.")
    assert "Klopt het zo?" not in page.text
    assert "Uw antwoord is binnen" in page.text
    assert "Bekijk en antwoord over Sami" not in layla.opens("/family/").text


def test_one_press_asks_every_home_once_more_for_its_answer(app, world, bas):
    agree(bas, world)
    page = bas.opens("/staff/leader/agreements")
    assert "kreeg deze week al een brief" in page.text
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        with app.app_context():
            bas = Visitor(app).signs_in(world.bas)
        page = bas.opens("/staff/leader/agreements").presses("Stuur 1 gezin nog een brief")
        assert "1 gezin krijgt nog een brief." in page.text
        assert "Stuur 1 gezin" not in page.text


def test_the_office_asks_all_classes_once_more(app, world, bas):
    agree(bas, world)
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        with app.app_context():
            office = Visitor(app).signs_in(world.office)
        page = office.opens("/staff/office/agreements").presses("Stuur 1 gezin nog een brief")
    assert "1 gezin krijgt nog een brief." in page.text


def plans_as_rows(visitor: Visitor, door: str, listing: str) -> list[dict[str, str]]:
    answer = visitor.client.get(f"/staff/{door}/lists/{listing}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


def test_plans_and_moments_go_to_the_pupil_system_without_the_line_why(app, world, bas):
    agree(
        bas, world, reason="reden-zq", goal="met plezier lezen", rhythm="",
        **{"moments-0-when": "month_begin:11", "moments-0-way": "call"},
    )  # fmt: skip
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    for visitor, door in ((bas, "leader"), (office, "office")):
        (plan,) = plans_as_rows(visitor, door, "plans")
        assert plan["Leerlingnummer"] == world.sami.number
        assert (plan["Stand"], plan["Hoe"], plan["Doel"]) == ("Nog niet bevestigd", "Bellen", "met plezier lezen")
        (moment,) = plans_as_rows(visitor, door, "plan_moments")
        assert (moment["Hoe"], moment["Eerste dag"], moment["Laatste dag"]) == ("Bellen", "2027-11-01", "2027-11-10")
        for listing in ("plans", "plan_moments", "agreements"):
            assert "reden-zq" not in str(plans_as_rows(visitor, door, listing))


def test_every_agreement_has_a_sheet_of_paper_of_its_own(world, bas):
    agree(bas, world, reason="reden-zq", goal="met plezier lezen")
    page = bas.opens("/staff/leader/agreements/sheets")
    assert page.html.count('class="sheet"') == 1
    assert world.sami.number in page.text
    assert "met plezier lezen" in page.text
    assert "reden-zq" not in page.html
    page = bas.opens(f"/staff/leader/agreements/sheets?pupil={world.mila.id}")
    assert "Er is nog niets afgesproken." in page.text, "Mila is in a class of somebody else"


def test_what_the_pages_agree_steers_the_next_contact_evening_until_the_family_would_rather_come(
    app, world, bas, layla
):  # fmt: skip
    agree(bas, world, "mail")
    page = layla.opens("/family/").follows("Afspraak over Sami")
    assert "U krijgt geen uitnodiging voor een contactavond." in page.text, "before it says yes"
    page.presses("Zo is het goed")
    with app.app_context():
        three, teacher = db.session.get(ClassGroup, world.three.id), db.session.get(Staff, world.bas.id)
        evening = a_round("November", classes=[three], kind=RoundKind.CONTACT_EVENING, slot_minutes=10)
        some_slots(evening, teacher, first=NOW + timedelta(days=20), opened=False)
        round_id = evening.id
        version = rosters.request(round_id=round_id, seconds=5, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version, worker="test", clock=lambda: NOW)
        rosters.publish(round_id=round_id, by=SYSTEM, now=NOW)
        office = Visitor(app).signs_in(world.office)
    of_the_class = f"/staff/office/rounds/{round_id}/classes/{world.three.id}"
    assert "niet uitgenodigd, zoals afgesproken" in office.opens(of_the_class).text
    assert "Niet uitgenodigd 1" in office.opens(f"/staff/office/mailings/{round_id}/invitation").text
    assert "Niet uitgenodigd, zoals afgesproken Sami" in bas.opens(f"/staff/leader/?round={round_id}").text
    page = layla.opens("/family/")
    assert "Met u is een andere vorm van contact afgesproken." in page.text
    page = layla.opens(f"/family/talks/{round_id}/{world.sami.id}/time")
    slot = page.soup.find("input", {"name": "slot"})["value"]
    page.presses("Verder", slot=slot).presses("Bevestig")
    assert "niet uitgenodigd" not in office.opens(of_the_class).text
