"""Who fetches a certificate, and what the study centre has looked at before it hands it over (N5)."""

from dataclasses import dataclass
from enum import StrEnum

from rules.refusals import Reason, Refused, register


class Bearer(StrEnum):
    """Who stands at the counter."""

    STUDENT = "student"
    DELEGATE = "delegate"  # with the student's written authorisation


CHINESE = {Bearer.STUDENT: "本人", Bearer.DELEGATE: "代领人"}

register(
    Reason(
        "N5-identity",
        "N5",
        "未核对领取人的身份证件，不能发放。",
        "The identity document of who fetches it was not looked at.",
        "请核对证件原件后勾选。",
        "Look at the original, then tick the box.",
    ),
    Reason(
        "N5-authorisation",
        "N5",
        "代领须有学生签名的委托书，并出示学生的取证码。",
        "A delegate needs the student's signed authorisation and the student's pick-up code.",
        "请收下委托书；取证码在学生查询证书的页面上。",
        "Take the authorisation in; the code is on the student's own page.",
    ),
    Reason(
        "N5-pickup-code",
        "N5",
        "取证码不对，或尝试过多。",
        "The pick-up code is wrong, or was tried too often.",
        "请学生在查询页面核对；本人领取可不填取证码。",
        "It is on the student's own page; who comes in person may leave it out.",
    ),
)


@dataclass(frozen=True)
class Shown:
    """What was shown at the counter. code: whether a right pick-up code was given."""

    bearer: Bearer = Bearer.STUDENT
    identity: bool = True
    code: bool = False
    authorisation: bool = False


def check_shown(shown: Shown) -> None:
    """Refuse a hand-over to somebody who has not shown enough: N5-identity, N5-authorisation."""
    if not shown.identity:
        raise Refused("N5-identity")
    if shown.bearer is Bearer.DELEGATE and not (shown.authorisation and shown.code):
        raise Refused("N5-authorisation")
