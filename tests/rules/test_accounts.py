"""Roles, what each may do, and how far it reaches in the tree of organisations (N9, G2)."""

import pytest

from rules.accounts import CHINESE, LEVELS, MAY, Act, Role, check_account, in_scope, may
from rules.custody import Tree
from rules.refusals import Refused
from tests.printed_lots import shipped_reference

TREE = Tree.of(shipped_reference().organisations)


@pytest.mark.parametrize(
    ("role", "unit", "fits"),
    [
        ("hq-proposer", "010", True),
        ("hq-approver", "110", False),
        ("branch", "110", True),
        ("branch", "010", False),
        ("branch", "1100201", False),
        ("centre", "1100201", True),
        ("centre", "110", False),
        ("auditor", "1100201", True),
        ("administrator", "110", True),
    ],
)
def test_a_role_belongs_to_units_of_its_level(role: str, unit: str, fits: bool) -> None:
    if fits:
        check_account(Role(role), unit, TREE)
        return
    with pytest.raises(Refused) as refused:
        check_account(Role(role), unit, TREE)
    assert refused.value.code == "account-unit"


def test_an_account_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_account(Role.AUDITOR, "999", TREE)
    assert refused.value.code == "N9-unknown-organisation"


@pytest.mark.parametrize(
    ("unit", "other", "reaches"),
    [
        ("010", "1100201", True),
        ("110", "1100201", True),
        ("110", "110", True),
        ("110", "010", False),
        ("1100201", "110", False),
        ("120", "1100201", False),
        ("1100201", "1100201", True),
        ("010", "999", False),
    ],
)
def test_a_unit_reaches_itself_and_what_is_below_it(unit: str, other: str, reaches: bool) -> None:
    assert in_scope(unit, other, TREE) is reaches


def test_who_proposes_never_approves_and_who_reads_changes_nothing() -> None:
    assert not any(may(role, Act.PROPOSE) and may(role, Act.APPROVE) for role in Role)
    assert MAY[Role.AUDITOR] == {Act.LOOK}
    assert not may(Role.ADMINISTRATOR, Act.LOOK)


def test_every_role_is_said_in_chinese_and_has_its_levels() -> None:
    assert set(CHINESE) == set(MAY) == set(LEVELS) == set(Role)
