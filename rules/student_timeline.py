"""What a student is told of the certificate: each stage, what comes next, by when, and why it waits (N9, G2).

Plain words, no codes; a place is named as precisely as the branch, college or study centre that has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.custody import Tree
from rules.holds import (
    CERTIFICATE,
    DISPATCH,
    GLYPH_MISSING,
    HAND_OVER,
    MISMATCH,
    OUTDATED,
    PARTNER_SEAL,
    PHOTO,
    REJECTED,
    VISIBILITY,
)
from rules.reference import HQ
from rules.states import Audit, Certificate, Custody, Registration, Visibility


class Stage(StrEnum):
    """What happens to a certificate, in the order of a usual season."""

    AUDIT = "audit"
    REGISTRATION = "registration"
    PRINTED = "printed"
    DISPATCHED = "dispatched"
    AT_BRANCH = "at-branch"
    AT_CENTRE = "at-centre"
    IN_HAND = "in-hand"
    RECORD = "record"


class Progress(StrEnum):
    """How far a stage is."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    STOPPED = "stopped"  # it waits for somebody; `why` says for what


@dataclass(frozen=True)
class Facts:
    """One case as it stands. days: when a stage was done; due: by when; holds: (track, reason)."""

    audit: Audit
    registration: Registration
    certificate: Certificate
    custody: Custody
    visibility: Visibility
    centre: str
    holder: str = HQ
    expected: str | None = None
    holds: tuple[tuple[str, str], ...] = ()
    days: Mapping[Stage, date] = field(default_factory=dict)
    due: Mapping[Stage, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One stage for people. on: the day it was done; due: by when; why: reasons for waiting."""

    stage: Stage
    progress: Progress
    zh: str
    en: str
    on: date | None = None
    due: date | None = None
    why: tuple[tuple[str, str], ...] = ()


TITLES: Mapping[Stage, tuple[str, str]] = {
    Stage.AUDIT: ("毕业审核", "Graduation audit"),
    Stage.REGISTRATION: ("学历电子注册", "Registration with CHSI"),
    Stage.PRINTED: ("制作证书", "Certificate made"),
    Stage.DISPATCHED: ("总部发出", "Sent by headquarters"),
    Stage.AT_BRANCH: ("分部或学院收到", "At the branch or college"),
    Stage.AT_CENTRE: ("学习中心收到", "At the study centre"),
    Stage.IN_HAND: ("领取证书", "In your hand"),
    Stage.RECORD: ("学信网可查", "Record public at CHSI"),
}
_WHY: Mapping[str, tuple[str, str]] = {
    PHOTO: (
        "还缺您的毕业照片，请尽快联系学习中心补交",
        "Your photo is missing: please see your study centre",
    ),
    PARTNER_SEAL: (
        "证书须由合作高校盖章，盖章返回后发出",
        "The partner university has to seal the certificate first",
    ),
    GLYPH_MISSING: (
        "姓名中有生僻字，总部正在处理字形",
        "A rare character of your name is being prepared for print",
    ),
    MISMATCH: (
        "证书数据与注册数据不一致，总部正在核对",
        "Certificate and registration differ: being looked at",
    ),
    REJECTED: (
        "学信网退回了注册数据，总部正在核对后重报",
        "CHSI sent the registration back: being corrected",
    ),
    OUTDATED: (
        "注册信息已更正，证书须重新打印",
        "The registration was corrected: the certificate is made anew",
    ),
}
_OTHERWISE = ("有一项信息正在核实", "Something is being looked at")
_TRACK: Mapping[Stage, str] = {
    Stage.REGISTRATION: "registration",
    Stage.PRINTED: CERTIFICATE,
    Stage.DISPATCHED: DISPATCH,
    Stage.IN_HAND: HAND_OVER,
    Stage.RECORD: VISIBILITY,
}
_MADE = frozenset({Certificate.PRINTED, Certificate.AT_PARTNER, Certificate.SEALED, Certificate.PACKED})
_ASTRAY: Mapping[Custody, tuple[str, str]] = {
    Custody.LOST: ("证书在途中遗失，总部将以同一编号补办", "It was lost on its way; it is made again"),
    Custody.DAMAGED: ("证书破损，将退回总部重印", "It was damaged; it is made again"),
    Custody.RETURNED: ("证书已退回总部处理", "It went back to headquarters"),
}
_FAILED = (
    "有毕业条件未达到，请向学习中心询问；补齐后下一批重新审核",
    "A requirement is not met: please ask your study centre; it is audited again once it is",
)


def student_timeline(facts: Facts, tree: Tree) -> list[Step]:
    """Return every stage of a case, in order; of the certificate's way the first that is not done is now."""
    done = _done(facts, tree)
    following = next((stage for stage in _WAY if stage not in done), None)
    return [_step(stage, facts, stage in done, stage is following, tree) for stage in Stage]


def current(steps: Iterable[Step]) -> Step:
    """Return the stage that a student waits for: of the certificate's way, else the record, else the last."""
    known = list(steps)
    waits = [one for one in known if one.progress in (Progress.NOW, Progress.STOPPED)]
    way = [one for one in waits if one.stage in _WAY]
    return (way or waits or known)[0 if way or waits else -1]


_WAY = (Stage.AUDIT, Stage.PRINTED, Stage.DISPATCHED, Stage.AT_BRANCH, Stage.AT_CENTRE, Stage.IN_HAND)


def _done(facts: Facts, tree: Tree) -> set[Stage]:
    stops = tree.route(facts.centre)
    reached = stops.index(facts.holder) if facts.holder in stops else 0
    under_way = facts.custody not in (Custody.NONE, Custody.AT_HQ, *_ASTRAY)
    is_so = {
        Stage.AUDIT: facts.audit is Audit.APPROVED,
        Stage.REGISTRATION: facts.registration is Registration.ACCEPTED,
        Stage.PRINTED: facts.certificate in _MADE,
        Stage.DISPATCHED: under_way,
        Stage.AT_BRANCH: under_way and reached > 0,
        Stage.AT_CENTRE: under_way and facts.holder == facts.centre,
        Stage.IN_HAND: facts.custody is Custody.HANDED_OVER,
        Stage.RECORD: facts.visibility is Visibility.VISIBLE,
    }
    return {stage for stage, so in is_so.items() if so}


def _step(stage: Stage, facts: Facts, done: bool, following: bool, tree: Tree) -> Step:
    why = () if done else _why(stage, facts)
    now = following or (stage not in _WAY and facts.audit is Audit.APPROVED)
    progress = Progress.DONE if done else Progress.AHEAD if not now else Progress.NOW
    if progress is Progress.NOW and why:
        progress = Progress.STOPPED
    zh, en = _sentence(stage, facts, progress, tree)
    return Step(
        stage,
        progress,
        zh,
        en,
        on=facts.days.get(stage) if done else None,
        due=None if done else facts.due.get(stage),
        why=why,
    )


def _why(stage: Stage, facts: Facts) -> tuple[tuple[str, str], ...]:
    if stage is Stage.AUDIT and facts.audit is Audit.FAILED:
        return (_FAILED,)
    if stage is Stage.DISPATCHED and facts.custody in _ASTRAY:
        return (_ASTRAY[facts.custody],)
    reasons = [reason for track, reason in facts.holds if track == _TRACK.get(stage)]
    return tuple(dict.fromkeys(_WHY.get(reason, _OTHERWISE) for reason in reasons))


def _sentence(stage: Stage, facts: Facts, progress: Progress, tree: Tree) -> tuple[str, str]:
    if stage in (Stage.AT_BRANCH, Stage.AT_CENTRE) and progress is Progress.NOW and facts.expected:
        to = tree.names[facts.expected]
        return f"正由{tree.names[facts.holder]}送往{to}", f"On its way to {to}"
    if stage is Stage.AT_CENTRE and progress is Progress.NOW:
        return f"现在{tree.names[facts.holder]}，待发往学习中心", f"Now at {tree.names[facts.holder]}"
    if stage is Stage.IN_HAND and progress is Progress.NOW:
        name = tree.names[facts.centre]
        return f"可到{name}领取，请带本人身份证件", f"Please fetch it at {name}, with your ID"
    return _PLAIN[progress]


_PLAIN: Mapping[Progress, tuple[str, str]] = {
    Progress.DONE: ("已完成", "Done"),
    Progress.NOW: ("正在办理", "In progress"),
    Progress.AHEAD: ("尚未开始", "Not begun"),
    Progress.STOPPED: ("暂缓", "Waits"),
}
