"""What is said about the school's own settings."""

from flask_babel import gettext as _

from scheduling.domain import school
from scheduling.wording.errors import says


@says(school.SchoolNameWrong)
def _school_name_wrong(_error: school.SchoolNameWrong) -> str:
    return _("Vul de naam van de school in, op één regel en met hoogstens %(count)s tekens.", count=school.NAME_LENGTH)


@says(school.WalkTooLong)
def _walk_too_long(_error: school.WalkTooLong) -> str:
    return _("Vul bij lopen een getal in van 0 tot en met %(count)s minuten.", count=school.LONGEST_WALK)


@says(school.JourneyTooLong)
def _journey_too_long(_error: school.JourneyTooLong) -> str:
    return _("Vul bij reizen een getal in van 0 tot en met %(count)s minuten.", count=school.LONGEST_JOURNEY)


@says(school.QuietHoursWrong)
def _quiet_hours_wrong(_error: school.QuietHoursWrong) -> str:
    return _("Vul bij stille uren twee tijden in, bijvoorbeeld 21:00 en 07:00. Of laat beide leeg.")
