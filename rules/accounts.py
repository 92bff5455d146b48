"""Who may do what at the web application's doors, and how far each reaches in the tree (N9, G2)."""

from collections.abc import Mapping
from enum import StrEnum

from rules.custody import Tree
from rules.refusals import Reason, Refused, register


class Role(StrEnum):
    """What an account is for."""

    HQ_PROPOSER = "hq-proposer"
    HQ_APPROVER = "hq-approver"
    BRANCH = "branch"
    COLLEGE = "college"  # a college under HQ, or a local one under its branch
    CENTRE = "centre"
    AUDITOR = "auditor"  # reads only
    ADMINISTRATOR = "administrator"  # of accounts and phones, not of graduates


class Act(StrEnum):
    """What is asked for at a door."""

    LOOK = "look"  # at packages and where they are
    CONFIRM = "confirm"  # transfers, arrivals, stocktakes
    HAND_OVER = "hand-over"
    PROPOSE = "propose"
    APPROVE = "approve"
    MANAGE = "manage"  # accounts and phones


CHINESE: Mapping[Role, str] = {
    Role.HQ_PROPOSER: "总部经办",
    Role.HQ_APPROVER: "总部审批",
    Role.BRANCH: "分部",
    Role.COLLEGE: "学院",
    Role.CENTRE: "学习中心",
    Role.AUDITOR: "审计（只读）",
    Role.ADMINISTRATOR: "管理员",
}
MAY: Mapping[Role, frozenset[Act]] = {
    Role.HQ_PROPOSER: frozenset({Act.LOOK, Act.CONFIRM, Act.PROPOSE}),
    Role.HQ_APPROVER: frozenset({Act.LOOK, Act.APPROVE}),
    Role.BRANCH: frozenset({Act.LOOK, Act.CONFIRM}),
    Role.COLLEGE: frozenset({Act.LOOK, Act.CONFIRM}),
    Role.CENTRE: frozenset({Act.LOOK, Act.CONFIRM, Act.HAND_OVER}),
    Role.AUDITOR: frozenset({Act.LOOK}),
    Role.ADMINISTRATOR: frozenset({Act.MANAGE}),
}
_EVERY_LEVEL = frozenset({"hq", "branch", "college", "local-college", "study-centre"})
LEVELS: Mapping[Role, frozenset[str]] = {
    Role.HQ_PROPOSER: frozenset({"hq"}),
    Role.HQ_APPROVER: frozenset({"hq"}),
    Role.BRANCH: frozenset({"branch"}),
    Role.COLLEGE: frozenset({"college", "local-college"}),
    Role.CENTRE: frozenset({"study-centre"}),
    Role.AUDITOR: _EVERY_LEVEL,
    Role.ADMINISTRATOR: _EVERY_LEVEL,
}

ROLE_OF_PHONE: Mapping[str, Role] = {
    "hq": Role.HQ_PROPOSER,
    "branch": Role.BRANCH,
    "college": Role.COLLEGE,
    "local-college": Role.COLLEGE,
    "study-centre": Role.CENTRE,
}

register(
    Reason(
        "account-unit",
        "G2",
        "{unit}不能有“{role}”账号。",
        "{unit} cannot have an account of the role {name}.",
        "请核对角色与单位：总部角色属 010，分部、学院、学习中心各属本级单位。",
        "Compare role and unit: HQ's roles belong to 010; branch, college and centre to units of that level.",
    ),
    Reason(
        "account-name",
        "G2",
        "账号名 {name} 不合规：3–32 位小写字母、数字、点或连字符，以字母开头。",
        "{name} is no name of an account: 3–32 lower-case letters, digits, dots or dashes, a letter first.",
        "请另取账号名。",
        "Choose another name.",
    ),
    Reason(
        "account-taken",
        "G2",
        "账号 {name} 已存在。",
        "There is an account {name} already.",
        "请另取账号名；重设口令用 biye user reset {name}。",
        "Choose another name; biye user reset {name} sets a new password.",
    ),
    Reason(
        "account-unknown",
        "G2",
        "没有账号 {name}。",
        "There is no account {name}.",
        "biye user list 列出全部账号。",
        "biye user list names all accounts.",
    ),
    Reason(
        "password-weak",
        "G2",
        "口令太短：至少 {least} 个字符。",
        "The password is too short: at least {least} characters.",
        "请换一个更长的口令，例如几个互不相关的词。",
        "Take a longer one, such as some words that have nothing to do with each other.",
    ),
)


def check_account(role: Role, unit: str, tree: Tree) -> None:
    """Refuse a role at a unit of another level: account-unit, N9-unknown-organisation."""
    if tree.levels[tree.known(unit)] not in LEVELS[role]:
        raise Refused("account-unit", unit=tree.said(unit), role=CHINESE[role], name=role.value)


def may(role: Role, act: Act) -> bool:
    """Say whether a role may do something, within its scope."""
    return act in MAY[role]


def in_scope(unit: str, other: str, tree: Tree) -> bool:
    """Say whether a unit is responsible for another: itself, or one below it in the tree."""
    return other in tree.levels and unit in tree.route(other)
