"""Documents of identity: GB 11643 resident IDs, other documents, and how an ID is shown masked."""

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
RESIDENT = "居民身份证"
RESIDENT_NAMES = ("居民身份证", "身份证", "二代身份证", "中华人民共和国居民身份证")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
_NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|[0-9]{13})(?![0-9Xx])")
_OTHER = re.compile(r"[0-9A-Z()\-/]{4,30}|[\u4e00-\u9fff]{1,4}字第[0-9A-Z]{4,20}号?")


def check_digit(first17: str) -> str:
    """Return the 18th character of a resident ID (GB 11643).

    >>> check_digit("99999919900307002")
    '0'
    """
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def birth_date_of(number: str) -> date | None:
    """Return the birth date inside an 18-digit resident ID, or None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """Return 男 or 女 by the 17th digit of a resident ID: odd is male."""
    return "男" if int(number[16]) % 2 else "女"


def mask_id(number: str) -> str:
    """Show an ID number without its middle: the region and the last two characters stay.

    >>> mask_id("999999199003070020")
    '999999**********20'
    """
    if len(number) <= 4:
        return "*" * len(number)
    head = 6 if len(number) >= 15 else 1
    return number[:head] + "*" * (len(number) - head - 2) + number[-2:]


def mask_numbers(text: str) -> str:
    """Mask what has the length of an ID or student number inside a text, such as a file's name.

    >>> mask_numbers("999999199003070020.jpg")
    '999999**********20.jpg'
    """
    return _NUMBERS.sub(lambda found: mask_id(found[0]), text)


def is_resident(id_type: str) -> bool:
    """Return whether a document type is the resident ID; an empty type is one."""
    return not id_type or id_type in RESIDENT_NAMES


def refuse_id(number: str, id_type: str = RESIDENT) -> str | None:
    """Return why an upper-case ID number without spaces is not accepted: a code, or None."""
    if not number:
        return "row-missing"
    if _SCIENTIFIC.fullmatch(number):
        return "row-scientific"
    if not is_resident(id_type):
        return None if _OTHER.fullmatch(number) else "row-bad-id"
    if _FIFTEEN.fullmatch(number):
        return "row-id-15"
    if not _EIGHTEEN.fullmatch(number):
        return "row-bad-id"
    if number[17] != check_digit(number[:17]):
        return "row-bad-check-digit"
    born = birth_date_of(number)
    return None if born is not None and 1900 <= born.year <= 2100 else "row-bad-id-date"
