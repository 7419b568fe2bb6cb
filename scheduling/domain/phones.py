"""Phone numbers as every phone understands them: +31612345678. What cannot be a number stays as it was typed."""

import re

NOT_A_DIGIT = re.compile(r"[\s().\-/\u00a0]")
DUTCH, FLEMISH = "31", "32"
LONGEST, SHORTEST = 15, 8
DUTCH_DIGITS = 9
DUTCH_MOBILE = re.compile(r"06\d{8}")
FLEMISH_MOBILE = re.compile(r"04[5-9]\d{7}")
FLEMISH_LANDLINE = re.compile(r"0[1-9]\d{7}")
DUTCH_NUMBER = re.compile(r"0[1-9]\d{8}")


def international(text: str, *, flemish: bool) -> str:
    """E.164 by the number's own form, else by the school's country; the text itself when neither fits."""
    digits = NOT_A_DIGIT.sub("", text.replace("(0)", ""))
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if digits.startswith("+"):
        return digits if _may_exist(digits[1:]) else text
    country = _country(digits, flemish=flemish)
    return f"+{country}{digits[1:]}" if country else text


def _may_exist(digits: str) -> bool:
    if not digits.isascii() or not digits.isdecimal() or not SHORTEST <= len(digits) <= LONGEST or digits[0] == "0":
        return False
    national = digits[2:]
    if digits.startswith(DUTCH):
        return len(national) == DUTCH_DIGITS and national[0] != "0"
    return not digits.startswith(FLEMISH) or (len(national) in (8, 9) and national[0] != "0")


def _country(digits: str, *, flemish: bool) -> str:
    """Ten digits are Dutch, nine Belgian; 04 with ten digits is a Belgian mobile or a Dutch town."""
    if FLEMISH_LANDLINE.fullmatch(digits) or (flemish and FLEMISH_MOBILE.fullmatch(digits)):
        return FLEMISH
    if DUTCH_MOBILE.fullmatch(digits) or (DUTCH_NUMBER.fullmatch(digits) and not flemish):
        return DUTCH
    return DUTCH if DUTCH_NUMBER.fullmatch(digits) and not FLEMISH_MOBILE.fullmatch(digits) else ""
