"""The policy pack: what the January 2020 notice fixes, what other seasons may say, and how errors are told
(G1).
"""

from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.milestones import milestones
from rules.pack_yaml import read_yaml
from rules.refusals import Refused
from rules.season import Pack, parse_pack
from rules.season_checks import sourced_parts
from rules.season_values import Provenance
from rules.timeline import planned_phases
from tests.rules.policy_packs import GONE, SHIPPED, content, january_2020, pack_with, text_with


def problems(text: str):
    with pytest.raises(Refused) as refusal:
        parse_pack(text, "bad.yaml")
    assert refusal.value.code == "pack-invalid"
    assert "bad.yaml" in str(refusal.value)
    return {problem.key: problem for problem in refusal.value.where["problems"]}


def test_the_dates_of_the_notice_are_in_the_pack():
    pack = january_2020()
    assert (pack.season, pack.version) == ("2020-01", 1)
    assert pack.issue_date == date(2020, 1, 20)  # N7
    assert pack.graduation_date <= pack.issue_date
    first, second = pack.open_batches
    assert (first.number, first.audit.opens, first.audit.closes) == (
        1,
        date(2019, 11, 29),
        date(2020, 1, 15),
    )  # T1
    assert (second.number, second.audit.opens, second.audit.closes) == (
        2,
        date(2020, 2, 17),
        date(2020, 4, 17),
    )  # T2
    fixed = {name: rule.day for name, rule in pack.dates.items() if rule.rule == "fixed"}
    assert fixed["exemption"] == date(2019, 12, 10)  # R3
    assert fixed["cleanup-start"] == date(2020, 4, 30)  # N8
    assert fixed["extension-list"] == date(2020, 5, 15)  # N8
    assert fixed["cleanup-end"] == date(2020, 6, 15)  # N8


def test_the_duties_of_the_notice_are_in_the_pack():
    pack = january_2020()
    registry, certificate, in_hand = (pack.duty(name) for name in ("registry", "certificate", "in-hand"))
    assert (registry.clause, registry.workdays, registry.alarms) == ("T4", 15, (5, 2))
    assert (certificate.clause, certificate.workdays) == ("R2", 10)
    assert (in_hand.clause, in_hand.months, in_hand.starts) == ("G3", 2, ("issue-date", "audit-approval"))
    assert pack.duty("no-such") is None
    assert (pack.dwell_days("branch"), pack.dwell_days("centre"), pack.dwell_days("college")) == (
        10,
        30,
        None,
    )


def test_the_cancelled_vacation_batch_stays_visible_with_its_reason():
    """N4."""
    batch = january_2020().batch(0)
    assert (batch.label, batch.status, batch.is_open) == ("寒假批", "cancelled", False)
    assert "寒假" in batch.reason
    assert not batch.kinds


def test_a_batch_that_the_season_lacks_is_a_key_error():
    with pytest.raises(KeyError):
        january_2020().batch(7)


@pytest.mark.parametrize(
    ("level", "programme", "direction", "sealed"),
    [
        ("本科", "数学与应用数学", "", True),
        ("专科", "数学与应用数学", "", False),
        ("本科", "公共事业管理（教育管理）", "", True),
        ("本科", "公共事业管理(教育管理)", "", True),
        ("本科", "公共事业管理", "教育管理", True),
        ("本科", "公共事业管理", "（教育管理）", True),
        ("本科", "公共事业管理", "", False),
        ("本科", "公共事业管理", "卫生事业管理", False),
        ("专科", "公共事业管理", "教育管理", False),
        ("本科", "应用数学", "", False),
    ],
)
def test_a_partner_seal_goes_by_level_name_and_direction(level, programme, direction, sealed):
    """N2: full-width and half-width brackets alike."""
    assert (january_2020().partner_seal_for(level, programme, direction) is not None) == sealed


@pytest.mark.parametrize(
    ("entered", "name"),
    [
        ("2013-03", "中央广播电视大学"),
        ("201303", "中央广播电视大学"),
        ("2013-09", "国家开放大学"),
        ("201709", "国家开放大学"),
    ],
)
def test_the_school_name_follows_the_entry_term(entered, name):
    """DOMAIN: entrants before autumn 2013."""
    assert january_2020().school.name_for(entered) == name


def test_every_fact_has_a_known_clause_and_a_provenance():
    pack = january_2020()
    parts = dict(sourced_parts(pack))
    assert len(parts) > 40
    assert {part.clause for part in parts.values()} <= set(pack.clauses)
    assert {part.provenance for part in parts.values()} == set(Provenance)


def test_a_field_may_differ_from_its_parts_provenance():
    vacation = january_2020().vacation
    assert vacation.provenance_of("opens") is Provenance.STATED
    assert vacation.provenance_of("closes") is Provenance.INFERRED


def test_the_hash_ignores_comments_and_the_order_of_keys():
    text = SHIPPED.read_text(encoding="utf-8")
    assert parse_pack("# a comment\n" + text, "a.yaml").hash == january_2020().hash
    assert pack_with().hash == january_2020().hash  # dumped again, keys sorted


def test_the_hash_changes_with_any_value():
    assert pack_with(production__print_per_day=19_999).hash != january_2020().hash


def test_a_pack_cannot_be_changed_after_reading():
    with pytest.raises(ValueError, match="frozen"):
        january_2020().version = 2


@pytest.mark.parametrize(
    ("changes", "key", "value", "allowed"),
    [
        ({"batches__0__status": "closed"}, "batches.0.status", "closed", "'open' or 'cancelled'"),
        ({"batches__0__audit__closes": "2020-01-35"}, "batches.0.audit.closes", "2020-01-35", "YYYY-MM-DD"),
        ({"batches__0__audit__closes": "9999-12-31"}, "batches.0.audit.closes", "9999", "YYYY-MM-DD"),
        ({"duties__0__workdays": "15"}, "duties.0.workdays", "15", "whole number"),
        ({"duties__0__workdays": 0}, "duties.0.workdays", "0", "at least 1"),
        ({"foto_gate": 1}, "foto_gate", "1", "did you mean photo_gate"),
        ({"batches__0__grade": "all"}, "batches.0.grade", "all", "did you mean grades"),
        ({"photo_gate__mode": "maybe"}, "photo_gate.mode", "maybe", "'warn' or 'block'"),
        ({"photo_gate": GONE}, "photo_gate", "missing", "required"),
        ({"schedule__phases_at": "25:00"}, "schedule.phases_at", "25:00", "HH:MM"),
        ({"audit__unified_exam": "yes"}, "audit.unified_exam", "yes", "true"),
        ({"season": "January"}, "season", "January", r"\d{4}"),
        ({"dates__issue__rule": "next_week"}, "dates.issue.rule", "next_week", "monday_of_previous_iso_week"),
        ({"dates__graduation__day": GONE}, "dates.graduation", "missing", "fixed date"),
        ({"dates__graduation": GONE}, "dates.graduation", "missing", "fixed date"),
        ({"dates__fast-track__anchor": "enrol"}, "dates.fast-track.anchor", "enrol", "enrolment-deadline"),
        ({"dates__fast-track__anchor": "fast-track"}, "dates.fast-track.anchor", "fast-track", "itself"),
        ({"dates__fast-track__n": 3}, "dates.fast-track", "rule", "no `n`"),
        ({"dates__registry-warning__n": GONE}, "dates.registry-warning", "rule", "needs `n`"),
        ({"dates__issue__anchor": "graduation"}, "dates.issue", "rule", "`day` alone"),
        ({"dates__graduation__day": "2020-02-01"}, "dates.graduation.day", "2020-02-01", "issue date"),
        ({"vacation__closes": "registry-warning"}, "vacation.closes", "2020-01-19", "2020-01-20"),
        ({"batches__2__number": 1}, "batches.2.number", "1", "no other batch"),
        ({"batches__1__reason": GONE}, "batches.1", "number", "reason"),
        ({"batches__0__audit": GONE}, "batches.0", "number", "audit"),
        ({"batches__0__audit__opens": "2020-01-16"}, "batches.0.audit.closes", "2020-01-15", "2020-01-16"),
        ({"batches__2__audit__opens": "2020-01-10"}, "batches (number 2).audit", "2020-01-10", "batch 1"),
        ({"batches__0__windows__0__kinds": ["final-exam"]}, "batches.0.windows.0.kinds", "final", "practice"),
        ({"batches__0__windows__0__kinds": ["exam"]}, "batches.0.windows.0.kinds.0", "exam", "'final-exam'"),
        ({"batches__0__grades": ["photos"]}, "batches.0", "number", "final-exam, practice"),
        ({"fast_track__last_batch": 0}, "fast_track.last_batch", "0", "1, 2"),
        ({"registry_warning__batches": [9]}, "registry_warning.batches", "9", "1, 2"),
        ({"covers__deadline": "covers"}, "covers.deadline", "covers", "cover-estimates"),
        ({"scattered__clause": "Z9"}, "scattered.clause", "Z9", "N3"),
        ({"duties__0__months": 1}, "duties.0", "name", "exactly one"),
        ({"duties__0__alarms": [2, 5]}, "duties.0", "name", "falls"),
        ({"duties__1__name": "registry"}, "duties", "registry", "once"),
        ({"vacation__differing": {"lenght": "inferred"}}, "vacation", "opens", "counted_out"),
        ({"school__names": [{"name": "A"}, {"name": "B"}]}, "school", "clause", "entered_before"),
        ({"contacts__postcode": 100039}, "contacts.postcode", "100039", "quotes"),
        ({"title": ["a"]}, "title", "a", "text"),
    ],
)  # fmt: skip
def test_an_error_names_key_value_and_what_is_allowed(changes, key, value, allowed):
    found = problems(text_with(**changes))
    assert key in found
    assert value in found[key].value
    assert allowed in found[key].allowed


def test_every_problem_is_told_at_once():
    found = problems(text_with(season="x", version=0, photo_gate__mode="maybe"))
    assert {"season", "version", "photo_gate.mode"} <= set(found)


def test_a_season_whose_batches_are_all_cancelled_is_refused():
    found = problems(text_with(batches=[content()["batches"][1]]))
    assert "at least one batch" in found["batches"].allowed


@pytest.mark.parametrize("text", ["", "42", "- a\n- b"])
def test_a_file_that_is_no_pack_is_refused_as_a_whole(text):
    assert "(whole file)" in problems(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("season: 2020-01\nversion: [1", 2),
        ("a: 1\na: 2", 2),
        ("a: &x 1\n{b", 2),
        ("\tkey: 1", 1),
        ("a: !!python/name:os.system", 1),
    ],
)
def test_unreadable_yaml_is_refused_with_its_line(text, line):
    with pytest.raises(Refused) as refusal:
        parse_pack(text, "bad.yaml")
    assert refusal.value.code == "pack-unreadable"
    assert refusal.value.where["line"] in (line, line + 1)


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "9" * 5000, "a: \x01"])
def test_hostile_yaml_is_refused_and_never_a_traceback(text):
    with pytest.raises(Refused, match="pack-unreadable"):
        parse_pack(text, "bad.yaml")


def test_times_and_words_stay_as_written():
    """YAML 1.1 would make 1020, false and a date of these."""
    assert read_yaml("[17:00, no, 2020-01-20, true, 15]", "x") == ["17:00", "no", "2020-01-20", True, 15]


OPTIONAL = {
    "fast_track": GONE,
    "exemption": GONE,
    "vacation": GONE,
    "urgent": GONE,
    "covers": GONE,
    "cleanups": GONE,
    "registry_warning": GONE,
    "qr_pilot": GONE,
    "scattered": GONE,
    "partner_seal": GONE,
    "dwell": GONE,
    "extension": "none",
}


@pytest.mark.parametrize("part", sorted(OPTIONAL))
def test_what_a_season_lacks_is_off(part):
    assert not getattr(pack_with(**{part: OPTIONAL[part]}), part)


def other_season() -> Pack:
    """A season unlike January 2020 in every point that MODEL names."""
    source = {"clause": "T1", "provenance": "stated"}
    span = {"opens": "2019-10-08", "closes": "2019-10-31", **source}
    windows = [
        {"kinds": ["practice", "final-exam"], **span, "closes_at": "17:00"},
        {"kinds": ["practice"], **span, "closes": "2019-10-20", "level": "branch"},
        {"kinds": ["practice"], **span, "closes": "2019-10-15", "level": "centre"},
    ]
    early = {"number": 11, "label": "提前批", "timing": "early", "audit": span, "windows": windows, **source}
    only = {"levels": ["专科"], "without_pending_resit": True, **source}
    open_start = {"number": 5, "label": "末批", "audit": {"closes": "2020-05-31", **source}, **source}
    waiting = {
        "number": 4,
        "label": "待定批",
        "audit": {"opens": "term-start", "closes": "term-end", **source},
        **source,
    }
    changed = content()
    dates = {
        **changed["dates"],
        "term-start": {"rule": "fixed", "label": "开学", **source},
        "term-end": {"rule": "workdays_after", "anchor": "term-start", "n": 30, "label": "截止", **source},
        "two-weeks": {"rule": "weeks_before", "n": 2, "anchor": "issue", "label": "两周前", **source},
        "same": {"rule": "same_as", "anchor": "issue", "label": "同日", **source},
    }
    cleanup = {
        "not_before": "issue",
        "published": "same",
        "objections_until": "issue",
        "end": "cleanup-end",
        **source,
    }
    return pack_with(
        dates=dates,
        batches=[{**early, "eligibility": only}, waiting, open_start],
        fast_track__last_batch=11,
        registry_warning=GONE,
        photo_gate={"mode": "block", "tested_at": ["application"], "lead_days": 7, **source},
        cleanups=[{"name": "spring", **cleanup}, {"name": "autumn", **cleanup}],
        calendar_years=[{"year": 2027, "published": "2026-11-05", "days_off": ["2027-01-01"]}],
    )


def test_a_season_with_other_rules_in_every_point_is_accepted():
    pack = other_season()
    early = pack.batch(11)
    assert early.timing == "early"
    assert early.kinds >= {"practice", "final-exam"}
    assert early.eligibility.admits("专科")
    assert not early.eligibility.admits("专科", pending_resit=True)
    assert not early.eligibility.admits("本科")
    assert (pack.photo_gate.mode, pack.photo_gate.lead_days) == ("block", 7)
    assert [cleanup.name for cleanup in pack.cleanups] == ["spring", "autumn"]


def leaves(value, path=()):
    """Give the path of every value in a pack's content."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*path, key)
        yield from leaves(child, (*path, key))


STRANGE = [
    None,
    "",
    0,
    -1,
    10**9,
    True,
    [],
    {},
    {1: 2},
    "issue",
    "2020-02-30",
    "2020-03-01",
    "9999-12-31",
    "17:00",
    [[]],
    1.5,
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(leaves(content()), key=str)), st.sampled_from(STRANGE))
def test_any_strange_value_anywhere_is_accepted_or_refused_but_never_a_traceback(path, value):
    """And a pack that is accepted can be planned."""
    changed = content()
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    told = ""
    try:
        pack = parse_pack(yaml.safe_dump(changed, allow_unicode=True), "strange.yaml")
        dues = [phase.due_at for phase in planned_phases(pack)]
        assert dues == sorted(dues)
        assert milestones(pack)
    except Refused as refusal:
        told = str(refusal)
    assert not told or "strange.yaml" in told or "calendar-missing" in told
