"""The five tracks of a graduate's case: one enum and one table of legal moves each (MODEL.md, Tracks).

Tracks run side by side: a hold or a failure on one never stops another. The diagrams in the docs are
drawn from here.
"""

from collections.abc import Mapping
from enum import StrEnum


class Audit(StrEnum):
    """HQ's audit of a case (毕业审核)."""

    AWAITING = "awaiting"  # no decision on the present grades
    PASSED = "passed"  # every rule met, approval by a second person outstanding
    FAILED = "failed"  # at least one rule unmet; new grades bring it back
    APPROVED = "approved"  # approved with its lot


class Registration(StrEnum):
    """E-registration with CHSI (学历电子注册)."""

    NONE = "none"
    EXPORTED = "exported"  # in a package that is built and awaits upload
    SENT = "sent"  # uploaded; no answer yet
    UNKNOWN = "unknown"  # the upload may or may not have arrived: ask first
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Certificate(StrEnum):
    """The sheet (毕业证书)."""

    NONE = "none"
    NUMBERED = "numbered"  # has its number, no good sheet
    PRINTED = "printed"
    AT_PARTNER = "at-partner"  # away for the partner university's seal (N2)
    SEALED = "sealed"
    PACKED = "packed"
    VOIDED = "voided"  # with its registration; the number is never used again


class Custody(StrEnum):
    """Who holds the certificate, or the package it lies in (N9)."""

    NONE = "none"  # nothing to hold yet
    AT_HQ = "at-hq"
    IN_TRANSIT = "in-transit"  # left a holder, not yet confirmed by the next
    AT_BRANCH = "at-branch"
    AT_COLLEGE = "at-college"
    AT_CENTRE = "at-centre"
    HANDED_OVER = "handed-over"
    LOST = "lost"
    DAMAGED = "damaged"
    RETURNED = "returned-to-hq"


class Visibility(StrEnum):
    """Whether the registered record can be searched by the public (N7)."""

    HIDDEN = "hidden"
    VISIBLE = "visible"


Moves = Mapping[StrEnum, frozenset[StrEnum]]


def _moves(table: dict[StrEnum, tuple[StrEnum, ...]]) -> Moves:
    return {state: frozenset(following) for state, following in table.items()}


AUDIT_MOVES = _moves(
    {
        Audit.AWAITING: (Audit.PASSED, Audit.FAILED),
        Audit.PASSED: (Audit.APPROVED, Audit.AWAITING, Audit.FAILED),
        Audit.FAILED: (Audit.AWAITING, Audit.PASSED),
        Audit.APPROVED: (Audit.AWAITING,),
    }
)
REGISTRATION_MOVES = _moves(
    {
        # Back to NONE: CHSI cancelled it; the certificate's number is voided with it.
        Registration.NONE: (Registration.EXPORTED,),
        Registration.EXPORTED: (Registration.SENT, Registration.UNKNOWN, Registration.NONE),
        Registration.SENT: (
            Registration.UNKNOWN,
            Registration.ACCEPTED,
            Registration.REJECTED,
            Registration.NONE,
        ),
        Registration.UNKNOWN: (
            Registration.SENT,
            Registration.ACCEPTED,
            Registration.REJECTED,
            Registration.NONE,
        ),
        Registration.ACCEPTED: (Registration.NONE,),
        Registration.REJECTED: (Registration.EXPORTED, Registration.NONE),
    }
)
CERTIFICATE_MOVES = _moves(
    {
        Certificate.NONE: (Certificate.NUMBERED,),
        Certificate.NUMBERED: (Certificate.PRINTED, Certificate.VOIDED),
        Certificate.PRINTED: (
            Certificate.AT_PARTNER,
            Certificate.PACKED,
            Certificate.NUMBERED,
            Certificate.VOIDED,
        ),
        Certificate.AT_PARTNER: (Certificate.SEALED, Certificate.NUMBERED, Certificate.VOIDED),
        Certificate.SEALED: (Certificate.PACKED, Certificate.NUMBERED, Certificate.VOIDED),
        # Taken out of its package because of a hold, it is what it was before.
        Certificate.PACKED: (
            Certificate.PRINTED,
            Certificate.SEALED,
            Certificate.NUMBERED,
            Certificate.VOIDED,
        ),
        Certificate.VOIDED: (),
    }
)
CUSTODY_MOVES = _moves(
    {
        # Back to NONE: taken out of its package, or its sheet counts no longer and is printed again.
        Custody.NONE: (Custody.AT_HQ,),
        Custody.AT_HQ: (Custody.IN_TRANSIT, Custody.LOST, Custody.DAMAGED, Custody.NONE),
        Custody.IN_TRANSIT: (
            Custody.AT_BRANCH,
            Custody.AT_COLLEGE,
            Custody.AT_CENTRE,
            Custody.AT_HQ,
            Custody.RETURNED,
            Custody.LOST,
            Custody.DAMAGED,
            Custody.NONE,
        ),
        Custody.AT_BRANCH: (Custody.IN_TRANSIT, Custody.LOST, Custody.DAMAGED, Custody.NONE),
        Custody.AT_COLLEGE: (Custody.IN_TRANSIT, Custody.LOST, Custody.DAMAGED, Custody.NONE),
        Custody.AT_CENTRE: (
            Custody.HANDED_OVER,
            Custody.IN_TRANSIT,
            Custody.LOST,
            Custody.DAMAGED,
            Custody.NONE,
        ),
        Custody.HANDED_OVER: (),
        Custody.LOST: (
            Custody.AT_HQ,
            Custody.AT_BRANCH,
            Custody.AT_COLLEGE,
            Custody.AT_CENTRE,
            Custody.NONE,
        ),
        Custody.DAMAGED: (Custody.RETURNED, Custody.NONE),
        Custody.RETURNED: (Custody.AT_HQ, Custody.IN_TRANSIT, Custody.NONE),
    }
)
VISIBILITY_MOVES = _moves(
    {Visibility.HIDDEN: (Visibility.VISIBLE,), Visibility.VISIBLE: (Visibility.HIDDEN,)}
)

TRACKS: Mapping[type[StrEnum], Moves] = {
    Audit: AUDIT_MOVES,
    Registration: REGISTRATION_MOVES,
    Certificate: CERTIFICATE_MOVES,
    Custody: CUSTODY_MOVES,
    Visibility: VISIBILITY_MOVES,
}

# By track: states of two tracks may share a value, and a StrEnum equals its value.
CHINESE: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Audit: {
        Audit.AWAITING: "待审核",
        Audit.PASSED: "审核通过待审批",
        Audit.FAILED: "审核未通过",
        Audit.APPROVED: "已审批",
    },
    Registration: {
        Registration.NONE: "未注册",
        Registration.EXPORTED: "已导出待上报",
        Registration.SENT: "已上报待反馈",
        Registration.UNKNOWN: "上报结果待查",
        Registration.ACCEPTED: "注册成功",
        Registration.REJECTED: "注册被退回",
    },
    Certificate: {
        Certificate.NONE: "未编号",
        Certificate.NUMBERED: "已编号待打印",
        Certificate.PRINTED: "已打印",
        Certificate.AT_PARTNER: "送合作高校盖章",
        Certificate.SEALED: "已盖章返回",
        Certificate.PACKED: "已装包",
        Certificate.VOIDED: "已作废",
    },
    Custody: {
        Custody.NONE: "尚无证书",
        Custody.AT_HQ: "在总部",
        Custody.IN_TRANSIT: "运送途中",
        Custody.AT_BRANCH: "在分部",
        Custody.AT_COLLEGE: "在地方学院",
        Custody.AT_CENTRE: "在学习中心",
        Custody.HANDED_OVER: "学生已领取",
        Custody.LOST: "遗失",
        Custody.DAMAGED: "破损",
        Custody.RETURNED: "退回总部",
    },
    Visibility: {
        Visibility.HIDDEN: "暂不可查",
        Visibility.VISIBLE: "学信网可查",
    },
}


def chinese(state: StrEnum) -> str:
    """Return what people call a state."""
    return CHINESE[type(state)][state]


def sources_of(state: StrEnum) -> frozenset[StrEnum]:
    """Return the states from which a case may legally come into `state`."""
    return frozenset(source for source, following in TRACKS[type(state)].items() if state in following)
