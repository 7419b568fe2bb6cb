"""Every address of the house, for every kind of person: who may come in, and that looking changes nothing.

A new address without a row in `WHO` fails the build. Everything that is asked for belongs to Layla's family (Sami and
Noor) and to Bas, Sami's leader; the other actors are somebody else.
"""

import hashlib
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from scheduling.models import Base, db
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit

ANYONE = "anyone"
FAMILY = "family"
OWN_FAMILY = "own family"
OWN_CLASS = "own class"
COLLEAGUE = "colleague"
OFFICE = "office"
LEADER = "leader"
SUPERVISOR = "supervisor"
DIRECTOR = "director"
ADULT_PUPIL = "adult pupil"
"""Nobody of those below: a page that is there for no parent and no colleague."""

ACTORS = {
    "stranger": {ANYONE},
    "Layla": {ANYONE, FAMILY, OWN_FAMILY},
    "Petra": {ANYONE, FAMILY},
    "Bas": {ANYONE, COLLEAGUE, LEADER, OWN_CLASS},
    "Karin": {ANYONE, COLLEAGUE, LEADER},
    "office": {ANYONE, COLLEAGUE, OFFICE},
    "director": {ANYONE, COLLEAGUE, OFFICE, DIRECTOR},
    "supervisor": {ANYONE, COLLEAGUE, SUPERVISOR},
}

WHO: dict[str, str] = {
    "family.questionnaire": FAMILY,
    "family.answer_questionnaire": FAMILY,
    "staff.questionnaire": LEADER,
    "staff.answer_questionnaire": LEADER,
    "office.questionnaire": OFFICE,
    "office.start_questionnaire": OFFICE,
    "office.close_questionnaire": OFFICE,
    "family.buddies_of": FAMILY,
    "family.say_buddy": FAMILY,
    "family.stop_buddy": OWN_FAMILY,
    "family.answer_buddy": OWN_FAMILY,
    "staff.buddies": f"{LEADER} or {OFFICE}",
    "staff.buddies_file": f"{LEADER} or {OFFICE}",
    "staff.note_buddy": f"{LEADER} or {OFFICE}",
    "staff.ask_buddies": f"{LEADER} or {OFFICE}",
    "staff.checklist": LEADER,
    "staff.checklist_class": OWN_CLASS,
    "staff.checklist_file": OWN_CLASS,
    "staff.fill_in_checklist": OWN_CLASS,
    "staff.checklist_pupil": OWN_CLASS,
    "staff.write_checklist": OWN_CLASS,
    "staff.checklist_items": OFFICE,
    "staff.change_checklist_items": OFFICE,
    "family.contact_parents_of": FAMILY,
    "family.choose_class_messages": FAMILY,
    "family.own_contact": FAMILY,
    "family.say_contact": FAMILY,
    "family.write_class": OWN_FAMILY,
    "family.send_class": OWN_FAMILY,
    "family.take_class_message_back": OWN_FAMILY,
    "family.class_meeting": OWN_FAMILY,
    "family.change_class_meeting": OWN_FAMILY,
    "staff.class_meeting": OWN_CLASS,
    "staff.change_class_meeting": OWN_CLASS,
    "family.consult": OWN_FAMILY,
    "family.change_consult": OWN_FAMILY,
    "staff.consult": OWN_CLASS,
    "staff.change_consult": OWN_CLASS,
    "family.write_contact": FAMILY,
    "family.send_contact": FAMILY,
    "family.add_topic": OWN_FAMILY,
    "family.answer_single": OWN_FAMILY,
    "family.ask_single": FAMILY,
    "family.cancel_single": OWN_FAMILY,
    "family.send_ask": FAMILY,
    "family.single": OWN_FAMILY,
    "family.single_interpreter": OWN_FAMILY,
    "family.ask_single_interpreter": OWN_FAMILY,
    "family.no_single_interpreter": OWN_FAMILY,
    "family.own_talk": FAMILY,
    "family.meeting": OWN_FAMILY,
    "family.answer_meeting": OWN_FAMILY,
    "family.parents": ADULT_PUPIL,
    "family.change_parents": ADULT_PUPIL,
    "family.ask_own_talk": OWN_FAMILY,
    "family.withdraw_own_talk": OWN_FAMILY,
    "family.answer_plan": OWN_FAMILY,
    "family.ask_call": OWN_FAMILY,
    "family.ask_cancel": OWN_FAMILY,
    "family.ask_extra": OWN_FAMILY,
    "family.remove_extra": OWN_FAMILY,
    "family.show_extras": OWN_FAMILY,
    "family.ask_interpreter": OWN_FAMILY,
    "family.calendar": OWN_FAMILY,
    "family.call": OWN_FAMILY,
    "family.cancel": OWN_FAMILY,
    "family.check_time": OWN_FAMILY,
    "family.choose_time": OWN_FAMILY,
    "family.confirm": OWN_FAMILY,
    "family.confirm_all": FAMILY,
    "family.correct_contact": FAMILY,
    "family.home": FAMILY,
    "family.kept": FAMILY,
    "family.leave": FAMILY,
    "family.show_message": FAMILY,
    "family.send_message": FAMILY,
    "family.say_none_needed": OWN_FAMILY,
    "family.no_interpreter": OWN_FAMILY,
    "family.none_fits": OWN_FAMILY,
    "family.remove_topic": OWN_FAMILY,
    "family.show_contact": FAMILY,
    "family.show_feed": FAMILY,
    "family.gathering": OWN_FAMILY,
    "family.answer_gathering": OWN_FAMILY,
    "family.class_tasks_of": FAMILY,
    "family.help_class": FAMILY,
    "family.change_class_task": OWN_FAMILY,
    "family.new_class_task": OWN_FAMILY,
    "family.ask_class_task": OWN_FAMILY,
    "staff.class_tasks_of": f"{LEADER} or {OFFICE}",
    "staff.new_class_task": f"{OWN_CLASS} or {OFFICE}",
    "staff.ask_class_task": f"{OWN_CLASS} or {OFFICE}",
    "staff.change_class_task": f"{OWN_CLASS} or {OFFICE}",
    "family.gathering_topics_of": FAMILY,
    "family.give_gathering_topic": FAMILY,
    "family.choose_gathering_topic": OWN_FAMILY,
    "staff.gathering_topics": f"{OWN_CLASS} or {OFFICE}",
    "staff.choose_gathering_topic": f"{OWN_CLASS} or {OFFICE}",
    "family.issue_feed": FAMILY,
    "family.stop_feed": FAMILY,
    "family.show_interpreter": OWN_FAMILY,
    "family.show_needs": OWN_FAMILY,
    "family.show_way": OWN_FAMILY,
    "family.choose_way": OWN_FAMILY,
    "family.say_needs": OWN_FAMILY,
    "family.show_plan": OWN_FAMILY,
    "family.show_topics": OWN_FAMILY,
    "family.take_time": OWN_FAMILY,
    "family.answer_swap": OWN_FAMILY,
    "family.offer_swap": OWN_FAMILY,
    "family.swap": OWN_FAMILY,
    "family.swap_question": OWN_FAMILY,
    "family.withdraw_swap": OWN_FAMILY,
    "family.say_wishes": FAMILY,
    "leader.requests": LEADER,
    "leader.personal": LEADER,
    "leader.note_personal": OWN_CLASS,
    "office.leader_personal": OFFICE,
    "office.leader_note_personal": OFFICE,
    "office.reached": OFFICE,
    "office.reminders": OFFICE,
    "office.set_reminders": OFFICE,
    "leader.mark_requests": LEADER,
    "office.leader_requests": OFFICE,
    "office.leader_mark_requests": OFFICE,
    "office.requests": OFFICE,
    "office.new_families": OFFICE,
    "office.set_request_rules": OFFICE,
    "office.requests_of": OFFICE,
    "office.say_requests": OFFICE,
    "family.requests": FAMILY,
    "family.more_requests": FAMILY,
    "family.answer_offer": OWN_FAMILY,
    "family.choose_evening": FAMILY,
    "family.take_evening": FAMILY,
    "family.ask_more": FAMILY,
    "family.withdraw_request": OWN_FAMILY,
    "family.say_requests": FAMILY,
    "family.talk": OWN_FAMILY,
    "family.times": OWN_FAMILY,
    "family.undo": OWN_FAMILY,
    "family.wishes": FAMILY,
    "feeds.show": ANYONE,
    "feeds.show_family": ANYONE,
    "health.robots": ANYONE,
    "health.show": ANYONE,
    "language.change": ANYONE,
    "leader.agree": OWN_CLASS,
    "leader.agree_alone": OWN_CLASS,
    "leader.agreement": OWN_CLASS,
    "leader.week": LEADER,
    "leader.remember_call": LEADER,
    "leader.handover": LEADER,
    "leader.contact_time": LEADER,
    "leader.contacts_of": OWN_CLASS,
    "leader.contacts_of_alone": ADULT_PUPIL,
    "leader.note_contact": OWN_CLASS,
    "leader.note_contact_alone": ADULT_PUPIL,
    "leader.take_contact_back": OWN_CLASS,
    "staff.contact_time": DIRECTOR,
    "staff.contact_time_file": DIRECTOR,
    "family.contacts": FAMILY,
    "leader.agreement_alone": OWN_CLASS,
    "leader.afterwards": OWN_CLASS,
    "leader.write_afterwards": OWN_CLASS,
    "leader.singles": LEADER,
    "leader.new_single": LEADER,
    "leader.arrange_single": OWN_CLASS,
    "leader.single": OWN_CLASS,
    "leader.propose_again": OWN_CLASS,
    "leader.propose_now": OWN_CLASS,
    "leader.withdraw_single": OWN_CLASS,
    "leader.visited": OWN_CLASS,
    "leader.agreements": LEADER,
    "leader.agreement_sheets": LEADER,
    "leader.ask_again": LEADER,
    "leader.hear_pupil": OWN_CLASS,
    "leader.ask_extra": OWN_CLASS,
    "leader.decide_extra": OWN_CLASS,
    "leader.extra": OWN_CLASS,
    "leader.extras": OWN_CLASS,
    "leader.remove_extra": OWN_CLASS,
    "leader.arrange_interpreter": OWN_CLASS,
    "leader.interpreter": OWN_CLASS,
    "leader.way": OWN_CLASS,
    "leader.set_way": OWN_CLASS,
    "leader.set_part": OWN_CLASS,
    "leader.ask_interpreter": OWN_CLASS,
    "leader.away": LEADER,
    "leader.away_now": LEADER,
    "leader.check_away": LEADER,
    "leader.take_back_away": LEADER,
    "leader.calls": LEADER,
    "leader.today": LEADER,
    "leader.run_late": LEADER,
    "office.leader_today": OFFICE,
    "office.leader_run_late": OFFICE,
    "office.welcome": OFFICE,
    "office.note_arrival": OFFICE,
    "office.take_back_arrival": OFFICE,
    "office.doors": OFFICE,
    "office.signs": OFFICE,
    "office.screens": OFFICE,
    "office.hang_screen": OFFICE,
    "office.take_down_screen": OFFICE,
    "screens.show": ANYONE,
    "office.leader_room": OFFICE,
    "office.change_leader_room": OFFICE,
    "office.close_round": OFFICE,
    "office.reopen_round": OFFICE,
    "office.round_copy": OFFICE,
    "office.copy_round": OFFICE,
    "office.round_minutes": OFFICE,
    "office.round_turns": OFFICE,
    "office.choose_evening": OFFICE,
    "office.take_evening": OFFICE,
    "office.set_turns": OFFICE,
    "office.change_minutes": OFFICE,
    "leader.book": OWN_CLASS,
    "leader.book_now": OWN_CLASS,
    "leader.calendar": LEADER,
    "leader.calendar_file": LEADER,
    "leader.call_done": OWN_CLASS,
    "leader.call_off": OWN_CLASS,
    "leader.change_times": LEADER,
    "leader.check_call_off": OWN_CLASS,
    "leader.check_move": OWN_CLASS,
    "leader.issue_feed": LEADER,
    "leader.cards": LEADER,
    "leader.list": LEADER,
    "leader.list_file": LEADER,
    "leader.mark": OWN_CLASS,
    "leader.check_swap": LEADER,
    "leader.make_swap": LEADER,
    "leader.swaps": LEADER,
    "leader.undo_swap": OWN_CLASS,
    "leader.move": OWN_CLASS,
    "leader.move_now": OWN_CLASS,
    "leader.move_back": OWN_CLASS,
    "leader.roster": LEADER,
    "leader.sheet": LEADER,
    "leader.stop_feed": LEADER,
    "leader.talk": OWN_CLASS,
    "leader.times": LEADER,
    "leader.lengths": LEADER,
    "leader.change_length": LEADER,
    "links.enter": ANYONE,
    "links.lost": ANYONE,
    "links.resend": ANYONE,
    "links.sent": ANYONE,
    "links.show": ANYONE,
    "office.add_colleague": OFFICE,
    "office.answer_questions": OFFICE,
    "office.all_homes": OFFICE,
    "office.homes": OFFICE,
    "office.arrange_homes": OFFICE,
    "office.check_homes": OFFICE,
    "office.decide_own_talk": OFFICE,
    "office.join_talks": OFFICE,
    "office.mend_row": OFFICE,
    "office.name_columns": OFFICE,
    "office.split_talk": OFFICE,
    "office.add_day": OFFICE,
    "office.address_works": OFFICE,
    "office.give_on_request": OFFICE,
    "office.take_back_on_request": OFFICE,
    "office.agreements_of_all": OFFICE,
    "office.ask_all_again": OFFICE,
    "office.board": OFFICE,
    "office.board_change": OFFICE,
    "office.board_move": OFFICE,
    "office.board_undo": OFFICE,
    "office.boards": OFFICE,
    "office.change_colleague": OFFICE,
    "office.change_day": OFFICE,
    "office.change_guardian": OFFICE,
    "office.change_roles": OFFICE,
    "office.change_round": OFFICE,
    "office.change_school": OFFICE,
    "office.class_group": OFFICE,
    "office.colleague": OFFICE,
    "office.colleague_comes_back": OFFICE,
    "office.colleague_leaves": OFFICE,
    "office.compare_rosters": OFFICE,
    "office.corrections": OFFICE,
    "office.create_round": OFFICE,
    "office.day": OFFICE,
    "office.decide_correction": OFFICE,
    "office.discard_roster": OFFICE,
    "office.change_evening_talk": OFFICE,
    "office.evening_papers": OFFICE,
    "office.draft": OFFICE,
    "office.draft_columns": OFFICE,
    "office.draft_problems": OFFICE,
    "office.draft_problems_csv": OFFICE,
    "office.draft_row": OFFICE,
    "office.drop_draft": OFFICE,
    "office.forget_columns": OFFICE,
    "office.generate_roster": OFFICE,
    "office.guardian": OFFICE,
    "office.guardian_link": OFFICE,
    "office.imports": OFFICE,
    "office.take_back": OFFICE,
    "office.pupil_file": OFFICE,
    "office.guardian_file": OFFICE,
    "office.colleague_file": OFFICE,
    "office.leave_out_file": OFFICE,
    "office.leave_out_row": OFFICE,
    "office.invite_all": OFFICE,
    "office.invite_colleague": OFFICE,
    "office.keep_mailbox": OFFICE,
    "office.leader_agree": OFFICE,
    "office.leader_agree_alone": OFFICE,
    "office.leader_agreement": OFFICE,
    "office.leader_agreement_alone": OFFICE,
    "office.leader_afterwards": OFFICE,
    "office.leader_write_afterwards": OFFICE,
    "office.leader_singles": OFFICE,
    "office.leader_new_single": OFFICE,
    "office.leader_arrange_single": OFFICE,
    "office.leader_single": OFFICE,
    "office.leader_propose_again": OFFICE,
    "office.leader_propose_now": OFFICE,
    "office.leader_withdraw_single": OFFICE,
    "office.leader_visited": OFFICE,
    "office.leader_agreements": OFFICE,
    "office.leader_agreement_sheets": OFFICE,
    "office.leader_ask_again": OFFICE,
    "office.leader_hear_pupil": OFFICE,
    "office.extras": OFFICE,
    "office.leader_ask_extra": OFFICE,
    "office.leader_decide_extra": OFFICE,
    "office.leader_extra": OFFICE,
    "office.leader_extras": OFFICE,
    "office.leader_remove_extra": OFFICE,
    "office.leader_arrange_interpreter": OFFICE,
    "office.leader_interpreter": OFFICE,
    "office.leader_way": OFFICE,
    "office.leader_set_way": OFFICE,
    "office.leader_set_part": OFFICE,
    "office.leader_ask_interpreter": OFFICE,
    "office.interpreter_orders": OFFICE,
    "office.interpreter_order": OFFICE,
    "office.book_interpreter": OFFICE,
    "office.single_interpreters": OFFICE,
    "office.single_interpreter": OFFICE,
    "office.book_single_interpreter": OFFICE,
    "office.interpreters": OFFICE,
    "office.add_interpreter": OFFICE,
    "office.interpreter": OFFICE,
    "office.change_interpreter": OFFICE,
    "office.stop_interpreter": OFFICE,
    "office.interpreter_comes_back": OFFICE,
    "office.leader_book": OFFICE,
    "office.leader_book_now": OFFICE,
    "office.leader_call_done": OFFICE,
    "office.leader_call_off": OFFICE,
    "office.leader_change_times": OFFICE,
    "office.leader_check_call_off": OFFICE,
    "office.leader_check_move": OFFICE,
    "office.leader_hours": OFFICE,
    "office.leader_cards": OFFICE,
    "office.leader_list": OFFICE,
    "office.leader_list_file": OFFICE,
    "office.list_file": OFFICE,
    "office.leader_mark": OFFICE,
    "office.swaps": OFFICE,
    "office.leader_check_swap": OFFICE,
    "office.leader_make_swap": OFFICE,
    "office.leader_swaps": OFFICE,
    "office.leader_undo_swap": OFFICE,
    "office.leader_move": OFFICE,
    "office.leader_move_now": OFFICE,
    "office.leader_move_back": OFFICE,
    "office.leader_roster": OFFICE,
    "office.leader_sheet": OFFICE,
    "office.leader_talk": OFFICE,
    "office.leader_times": OFFICE,
    "office.undo_evening": OFFICE,
    "office.leader_lengths": OFFICE,
    "office.leader_change_length": OFFICE,
    "office.leaders": OFFICE,
    "office.leave_out": OFFICE,
    "office.leave_out_now": OFFICE,
    "office.mail_guardian_link": OFFICE,
    "office.mail_pupil_link": OFFICE,
    "office.mailboxes": OFFICE,
    "office.mailing": OFFICE,
    "office.mailing_address": OFFICE,
    "office.mailing_again": OFFICE,
    "office.mailing_go_on": OFFICE,
    "office.mailing_hold": OFFICE,
    "office.mailing_leave": OFFICE,
    "office.mailing_letter": OFFICE,
    "office.mailing_paper": OFFICE,
    "office.mailing_people": OFFICE,
    "office.mailing_send": OFFICE,
    "office.mailing_text": OFFICE,
    "office.mailing_trial": OFFICE,
    "office.mailings": OFFICE,
    "office.new_colleague": OFFICE,
    "office.leader_away": OFFICE,
    "office.leader_away_now": OFFICE,
    "office.leader_check_away": OFFICE,
    "office.leader_take_back_away": OFFICE,
    "office.leader_calls": OFFICE,
    "office.new_evenings": OFFICE,
    "office.create_evenings": OFFICE,
    "office.new_round": OFFICE,
    "office.open_round": OFFICE,
    "office.people": OFFICE,
    "office.permit_parents": OFFICE,
    "office.preview_texts": OFFICE,
    "office.publish_roster": OFFICE,
    "office.pupil": OFFICE,
    "office.pupil_link": OFFICE,
    "office.read_calendar": OFFICE,
    "office.read_files": OFFICE,
    "office.read_times": OFFICE,
    "office.regenerate_roster": OFFICE,
    "office.relay_open": OFFICE,
    "office.remove_day": OFFICE,
    "office.revoke_guardian_links": OFFICE,
    "office.revoke_pupil_links": OFFICE,
    "office.roster": OFFICE,
    "office.rosters": OFFICE,
    "office.round": OFFICE,
    "office.round_cards": OFFICE,
    "office.round_class": OFFICE,
    "office.round_settings": OFFICE,
    "office.round_texts": OFFICE,
    "office.round_times": OFFICE,
    "office.rounds": OFFICE,
    "office.restore_row": OFFICE,
    "office.save_draft": OFFICE,
    "office.school": OFFICE,
    "office.set_leader_hours": OFFICE,
    "office.staff": OFFICE,
    "office.take_part": OFFICE,
    "office.write_texts": OFFICE,
    "office.say_wishes": OFFICE,
    "office.wishes": OFFICE,
    "office.contact_parents": OFFICE,
    "office.wishes_of": OFFICE,
    "office.year": OFFICE,
    "office.year_plan": OFFICE,
    "office.propose_year": OFFICE,
    "office.publish_year": OFFICE,
    "office.year_plan_calendar": OFFICE,
    "office.planned": OFFICE,
    "office.move_planned": OFFICE,
    "office.new_planned": OFFICE,
    "office.add_planned": OFFICE,
    "office.remove_planned": OFFICE,
    "office.year_board": OFFICE,
    "office.information_poll": OFFICE,
    "office.plan_from_poll": OFFICE,
    "office.gathering": OFFICE,
    "office.set_up_gathering": OFFICE,
    "office.invite_families": OFFICE,
    "office.remind_families": OFFICE,
    "office.check_off": OFFICE,
    "office.call_off_gathering": OFFICE,
    "office.count_gathering": OFFICE,
    "office.circle": OFFICE,
    "office.seat_circle": OFFICE,
    "office.ask_circle_again": OFFICE,
    "office.circles_of_year": OFFICE,
    "office.gathering_letter": OFFICE,
    "office.gathering_paper": OFFICE,
    "office.gathering_homes": OFFICE,
    "office.gathering_home": OFFICE,
    "office.answer_for_home": OFFICE,
    "office.gathering_door": OFFICE,
    "office.gathering_kitchen": OFFICE,
    "office.gathering_poster": OFFICE,
    "office.leader_gatherings": OFFICE,
    "office.leader_gathering": OFFICE,
    "leader.gatherings": LEADER,
    "leader.gathering": OWN_CLASS,
    "school_year.show": ANYONE,
    "school_year.gathering": ANYONE,
    "school_year.calendar": ANYONE,
    "staff.forgot": ANYONE,
    "staff.forgot_now": ANYONE,
    "staff.overview": f"{SUPERVISOR} or {OFFICE}",
    "staff.suggestions": f"{LEADER} or {OFFICE}",
    "staff.write_suggestions": f"{LEADER} or {OFFICE}",
    "staff.contact_parents_of": LEADER,
    "staff.contact_class": f"{OWN_CLASS} or {OFFICE}",
    "staff.ask_contact": f"{OWN_CLASS} or {OFFICE}",
    "staff.take_contact_back": f"{OWN_CLASS} or {OFFICE}",
    "staff.decide_class_message": f"{OWN_CLASS} or {OFFICE}",
    "staff.meetings": "supervisor or director or leader",
    "staff.new_meeting": SUPERVISOR,
    "staff.make_meeting": SUPERVISOR,
    "staff.meeting": "supervisor or director or own class",
    "staff.change_meeting": SUPERVISOR,
    "staff.change_meeting_now": SUPERVISOR,
    "staff.cancel_meeting": SUPERVISOR,
    "staff.password": COLLEAGUE,
    "staff.password_now": COLLEAGUE,
    "staff.set_password": ANYONE,
    "staff.set_password_now": ANYONE,
    "staff.sign_in": ANYONE,
    "staff.sign_in_now": ANYONE,
    "staff.sign_out": COLLEAGUE,
    "staff.start": COLLEAGUE,
    "static": ANYONE,
}
"""Endpoint → who may. "own family" and "own class" are for addresses that name a talk, a pupil or a class."""

NOT_KEPT = {"throttle", "visit"}
"""Counting tries and noticing a visit is no change of anything a school knows."""


@pytest.fixture(scope="module")
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, at_noon: None) -> World:
    with app.app_context():
        return a_world_to_visit()


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_address_has_a_row(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert sorted(endpoints - set(WHO)) == [], "say in WHO who may come in here"
    assert sorted(set(WHO) - endpoints) == [], "these rows name no address any more"


def test_nothing_else_is_open(app: Flask):
    """The list of what a stranger may open, as INTERFACES promises it."""
    open_to_all = sorted(str(rule) for rule in app.url_map.iter_rules() if WHO.get(rule.endpoint) == ANYONE)
    assert open_to_all == OPEN_ADDRESSES


OPEN_ADDRESSES = [
    "/feed/<token>.ics",
    "/feed/family/<token>.ics",
    "/g/<token>",
    "/g/<token>",
    "/hall/<token>",
    "/health",
    "/jaar",
    "/jaar.ics",
    "/jaar/<int:planned_id>",
    "/language",
    "/nieuwe-link",
    "/nieuwe-link",
    "/nieuwe-link/onderweg",
    "/robots.txt",
    "/staff/forgot",
    "/staff/forgot",
    "/staff/set-password/<key>",
    "/staff/set-password/<key>",
    "/staff/sign-in",
    "/staff/sign-in",
    "/static/<path:filename>",
]


@pytest.mark.parametrize("actor", ACTORS)
def test_a_page_opens_for_whom_it_is_meant_and_for_nobody_else(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    wrong = []
    for rule in rules(app):
        if "GET" in rule.methods:
            with visitor.client.get(address(app, rule, world)) as answer:
                if is_in(answer) != may(rule, actor):
                    wrong.append(f"{actor} {rule}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_not_come_in_changes_nothing_by_posting(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    before, token = content(app), visitor.csrf()
    closed = [rule for rule in rules(app) if "POST" in rule.methods and not may(rule, actor)]
    answers = [visitor.client.post(address(app, rule, world), data={"csrf_token": token}) for rule in closed]
    came_in = [f"{rule}: {answer.status_code}" for rule, answer in zip(closed, answers, strict=True)
               if is_in(answer)]  # fmt: skip
    assert came_in == []
    assert content(app) == before, f"{actor} changed something that is not theirs"


@pytest.mark.parametrize("actor", ["Layla", "Bas", "office"])
def test_a_form_from_another_site_changes_nothing(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    before = content(app)
    wrong = [
        str(rule)
        for rule in rules(app)
        if "POST" in rule.methods and visitor.client.post(address(app, rule, world)).status_code < 400
    ]
    assert wrong == []
    assert content(app) == before


@pytest.mark.parametrize("actor", ACTORS)
def test_looking_changes_nothing(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    before = content(app)
    asked = [rule for rule in rules(app) if "GET" in rule.methods]
    for rule in asked:
        for ask in (visitor.client.get, visitor.client.head, visitor.client.options):
            ask(address(app, rule, world)).close()
    assert content(app) == before, f"one of these changes something: {[str(rule) for rule in asked]}"


@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_not_there_looks_like_what_is_not_yours(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    for rule in rules(app):
        if "GET" in rule.methods and rule.arguments and WHO[rule.endpoint].startswith("own"):
            answer = visitor.client.get(address(app, rule, world, missing=True))
            assert not is_in(answer), f"{actor} {rule}"


def may(rule: Rule, actor: str) -> bool:
    allowed = WHO[rule.endpoint]
    return bool(ACTORS[actor] & set(allowed.split(" or ")))


def is_in(answer: Response) -> bool:
    """A page, or sent on to where the work goes on; not: sent to sign in, refused, or not found."""
    return answer.status_code in (200, 303, 304, 409, 422) and "/sign-in" not in answer.headers.get("Location", "")


def enter(app: Flask, world: World, actor: str) -> Visitor:
    people = {
        "Layla": world.layla, "Petra": world.petra, "Bas": world.bas, "Karin": world.karin, "office": world.office,
        "director": world.director, "supervisor": world.supervisor,
    }  # fmt: skip
    visitor = Visitor(app)
    with app.app_context():
        if actor in ("Layla", "Petra"):
            visitor.comes_by_link(db.session.merge(people[actor]))
        elif actor != "stranger":
            visitor.signs_in(db.session.merge(people[actor]))
    return visitor


def address(app: Flask, rule: Rule, world: World, *, missing: bool = False) -> str:
    known = world.arguments()
    tokens, door = world.tokens, rule.endpoint.split(".")[0]
    known["token"] = tokens.get(rule.endpoint) or tokens[door] if "token" in rule.arguments else ""
    values = {name: known.get(name, 987_654) if name == "form" or not missing else 987_654 for name in rule.arguments}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def content(app: Flask) -> str:
    """A hash of everything the database knows."""
    digest = hashlib.sha256()
    with app.app_context():
        for table in sorted(Base.metadata.tables):
            if table not in NOT_KEPT:
                for row in db.session.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')):
                    digest.update(repr(tuple(row)).encode())
        db.session.rollback()
    return digest.hexdigest()
