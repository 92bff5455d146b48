"""Each clause of the notice is named by a test."""

import pytest

from docs.pages.clauses import claims_by_clause, named_clauses, sources_by_clause
from docs.pages.text import shipped_pack

SAMPLES = [
    ("test_n3_and_t1_stand_in_a_name", "", ["N3", "T1"]),
    ("test_plain", '"""R2, G0: a docstring."""', ["G0", "R2"]),
    ("test_plain", "def test_plain():  # N9", ["N9"]),
    ("test_an3_t12", "GT1 T10 XN3 n3 R2x", []),
]


@pytest.mark.parametrize("clause", shipped_pack().clauses)
def test_every_clause_of_the_notice_has_a_test_and_a_file_that_name_it(clause: str) -> None:
    assert sum(map(len, claims_by_clause()[clause].values())) >= 1
    assert sources_by_clause()[clause]


@pytest.mark.parametrize(("name", "text", "clauses"), SAMPLES)
def test_a_clause_is_found_in_a_name_and_a_text_and_not_inside_a_word(name, text, clauses) -> None:
    assert named_clauses(name, text) == clauses
