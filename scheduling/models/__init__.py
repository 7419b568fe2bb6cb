"""What we remember: tables and constraints. Rows answer questions about themselves; they never act."""

from scheduling.models.aftercare import TalkAction, TalkNote
from scheduling.models.base import WRITE_LOCK, Base, db, prepare
from scheduling.models.buddies import BuddyPair, BuddyWish
from scheduling.models.checklists import ChecklistItem, ChecklistMark
from scheduling.models.class_tasks import ClassTask, ClassTaskHelper
from scheduling.models.consults import Consult, ConsultDate
from scheduling.models.contact_parents import ClassContact, ClassMessage, ClassMessageRefusal
from scheduling.models.contacts import DueContact, LoggedContact
from scheduling.models.extra_persons import ExtraPerson, TalkColleague
from scheduling.models.gatherings import CircleSeat, Gathering, GatheringAnswer, GatheringGuest, GatheringTopic
from scheduling.models.guests import Outsider, PracticalNeed, TalkGuest, Told
from scheduling.models.homes import OwnTalkWish, TwoHomes
from scheduling.models.imports import ColumnMapping, ImportAnswer, ImportDraft, ImportUndo
from scheduling.models.informal_meetings import MeetingProposal
from scheduling.models.journal import DueJob, JournalLine
from scheduling.models.lessons import ContactParent, Lesson, LessonPupil
from scheduling.models.links import AccessLink, CalendarFeed, FamilyFeed, PasswordKey, Throttle, Visit
from scheduling.models.mailings import Mailing, Outbox, Relay
from scheduling.models.on_the_day import Arrival, HallScreen, LeaderDelay
from scheduling.models.people import (
    ClassGroup,
    ClassLeader,
    ContactCorrection,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    Pupil,
    Staff,
    StaffMemberRole,
)
from scheduling.models.plans import CommunicationPlan, PlanAnswer, PlanForm, PlanGuest, PlanMoment, PlanVersion
from scheduling.models.questionnaires import Questionnaire, QuestionnaireTally
from scheduling.models.reminders import PersonalApproach, Reminder, ReminderRule
from scheduling.models.requests import AskingRule, FreedOffer, NoTalkNeeded, TalkRequest
from scheduling.models.rosters import RosterMove, RosterRecord, RosterStep, RosterTalk, RosterVersion
from scheduling.models.rounds import (
    Booking,
    BookingAbsence,
    CallRequest,
    HomeByPhone,
    InterpreterRequest,
    LeaderOpening,
    Round,
    RoundClass,
    RoundExclusion,
    Slot,
    TalkWay,
    Topic,
)
from scheduling.models.single_talks import OpenQuestion, SingleHold, SingleTalk, SingleTime, StandingRound
from scheduling.models.suggestions import SuggestedTopic
from scheduling.models.support import SupportAnswer, SupportGuest, SupportMeeting
from scheduling.models.swaps import SwapMove, SwapOffer, SwapParty, SwapProposal, SwapWish
from scheduling.models.texts import RoundLink, RoundText
from scheduling.models.turns import OpeningTurns
from scheduling.models.wishes import HomeWishes, WishedTime
from scheduling.models.year_plans import PlannedClass, PlannedDate, YearPlanning
from scheduling.models.years import Room, School, SchoolDay, SchoolYear

__all__ = [
    "WRITE_LOCK",
    "AccessLink",
    "Arrival",
    "AskingRule",
    "Base",
    "Booking",
    "BookingAbsence",
    "BuddyPair",
    "BuddyWish",
    "CalendarFeed",
    "CallRequest",
    "ChecklistItem",
    "ChecklistMark",
    "CircleSeat",
    "ClassContact",
    "ClassGroup",
    "ClassLeader",
    "ClassMessage",
    "ClassMessageRefusal",
    "ClassTask",
    "ClassTaskHelper",
    "ColumnMapping",
    "CommunicationPlan",
    "Consult",
    "ConsultDate",
    "ContactCorrection",
    "ContactParent",
    "DueContact",
    "DueJob",
    "Enrolment",
    "ExtraPerson",
    "FamilyFeed",
    "FreedOffer",
    "Gathering",
    "GatheringAnswer",
    "GatheringGuest",
    "GatheringTopic",
    "Guardian",
    "Guardianship",
    "HallScreen",
    "HomeByPhone",
    "HomeWishes",
    "Household",
    "ImportAnswer",
    "ImportDraft",
    "ImportUndo",
    "InterpreterRequest",
    "JournalLine",
    "LeaderDelay",
    "LeaderOpening",
    "Lesson",
    "LessonPupil",
    "LoggedContact",
    "Mailing",
    "MeetingProposal",
    "NoTalkNeeded",
    "OpenQuestion",
    "OpeningTurns",
    "Outbox",
    "Outsider",
    "OwnTalkWish",
    "PasswordKey",
    "PersonalApproach",
    "PlanAnswer",
    "PlanForm",
    "PlanGuest",
    "PlanMoment",
    "PlanVersion",
    "PlannedClass",
    "PlannedDate",
    "PracticalNeed",
    "Pupil",
    "Questionnaire",
    "QuestionnaireTally",
    "Relay",
    "Reminder",
    "ReminderRule",
    "Room",
    "RosterMove",
    "RosterRecord",
    "RosterStep",
    "RosterTalk",
    "RosterVersion",
    "Round",
    "RoundClass",
    "RoundExclusion",
    "RoundLink",
    "RoundText",
    "School",
    "SchoolDay",
    "SchoolYear",
    "SingleHold",
    "SingleTalk",
    "SingleTime",
    "Slot",
    "Staff",
    "StaffMemberRole",
    "StandingRound",
    "SuggestedTopic",
    "SupportAnswer",
    "SupportGuest",
    "SupportMeeting",
    "SwapMove",
    "SwapOffer",
    "SwapParty",
    "SwapProposal",
    "SwapWish",
    "TalkAction",
    "TalkColleague",
    "TalkGuest",
    "TalkNote",
    "TalkRequest",
    "TalkWay",
    "Throttle",
    "Told",
    "Topic",
    "TwoHomes",
    "Visit",
    "WishedTime",
    "YearPlanning",
    "db",
    "prepare",
]  # fmt: skip
