"""N3, N9: how certificates are put into packages."""

from hypothesis import given
from hypothesis import strategies as st

from rules.packing import fill_packages

centres = st.lists(st.sampled_from(["1100201", "1100301", "1300101"]), max_size=200)


@given(centres, st.integers(1, 60))
def test_every_certificate_is_in_one_package_of_its_centre_in_order_of_arrival(
    wanted: list[str], size: int
) -> None:
    packages = fill_packages(wanted, size)
    assert sorted(place for package in packages for place in package) == list(range(len(wanted)))
    for package in packages:
        assert 0 < len(package) <= size
        assert package == sorted(package)
        assert len({wanted[place] for place in package}) == 1
    firsts = [package[0] for package in packages]
    assert firsts == sorted(firsts)


@given(centres, st.integers(1, 60))
def test_no_centre_has_two_packages_that_are_not_full(wanted: list[str], size: int) -> None:
    packages = fill_packages(wanted, size)
    open_centres = [wanted[package[0]] for package in packages if len(package) < size]
    assert len(open_centres) == len(set(open_centres))


def test_fifty_one_certificates_of_one_centre_are_two_packages() -> None:
    assert [len(package) for package in fill_packages(["1100201"] * 51, 50)] == [50, 1]
