"""Cards: unique in a commune, with a true check digit, issued only where a facilitator works."""

from __future__ import annotations

import re

import pytest

from survey_app.database import InvalidData, NotAllowed, Refused
from survey_app.reference_data import card_animals
from tests.database.conftest import World


def is_valid_iso_7064_mod_11_10(digits: str) -> bool:
    """As a reader of the standard checks a whole string: the last sum must leave 1."""
    product = 10
    for digit in digits[:-1]:
        total = (product + int(digit)) % 10
        product = 2 * (total if total else 10) % 11
    return (product + int(digits[-1])) % 10 == 1


def test_the_independent_check_knows_the_example_of_the_standard() -> None:
    assert is_valid_iso_7064_mod_11_10("07945")
    assert not is_valid_iso_7064_mod_11_10("07946")


@pytest.fixture
def animals(world: World) -> dict[str, int]:
    """Code → position."""
    rows = card_animals()
    world.as_staff("administrator").write("card_animal", rows)
    return {row["code"]: row["position"] for row in rows}


def test_cards_are_unique_and_their_check_digit_is_true(world: World, animals: dict[str, int]) -> None:
    commune = world.new_commune()
    asking = world.as_staff("facilitator", commune)
    arguments = {"commune": commune, "school": None, "birth_year": 2016, "birth_month": 5, "sex": "female"}
    issued = [row["card"] for _ in range(2) for row in asking.call("issue_cards", quantity=500, **arguments)]
    assert len(set(issued)) == 1000
    assert len({card[:-4] for card in issued}) > 30, "animals are mixed"
    for card in issued:
        animal, digits = re.fullmatch(r"([A-Z]{2,8})([0-9]{4})", card).groups()  # type: ignore[union-attr]
        assert is_valid_iso_7064_mod_11_10(f"{animals[animal]:02d}{digits}"), card
    kept = world.rows("select card, birth_year, birth_month, sex from participant where commune_code = %s", commune)
    assert sorted(kept) == sorted((card, 2016, 5, "female") for card in issued)


def test_one_wrong_digit_is_always_found() -> None:
    for changed in range(10):
        assert is_valid_iso_7064_mod_11_10(f"0794{changed}") is (changed == 5)


def test_a_facilitator_issues_cards_in_her_commune_only(world: World, animals: dict[str, int]) -> None:
    mine, other = world.new_commune(), world.new_commune()
    arguments = {"quantity": 1, "birth_year": 2016}
    facilitator = world.as_staff("facilitator", mine)
    assert len(facilitator.call("issue_cards", commune=mine, school=world.new_school(mine), **arguments)) == 1
    with pytest.raises(NotAllowed):
        facilitator.call("issue_cards", commune=other, school=None, **arguments)
    for role in ("reviewer", "protection_officer"):
        with pytest.raises(NotAllowed):
            world.as_staff(role).call("issue_cards", commune=mine, school=None, **arguments)
    assert len(world.as_staff("facilitator").call("issue_cards", commune=other, school=None, **arguments)) == 1


def test_cards_that_cannot_be_are_refused_with_the_reason(world: World, animals: dict[str, int]) -> None:
    commune, other = world.new_commune(), world.new_commune()
    asking = world.as_staff("administrator")
    wrong = [
        ({"quantity": 0}, "cards_1_to_"),
        ({"quantity": 100_000}, "cards_1_to_"),
        ({"commune": "00000"}, "unknown_commune"),
        ({"school": world.new_school(other)}, "unknown_school"),
    ]
    for change, reason in wrong:
        with pytest.raises(Refused, match=reason):
            asking.call(
                "issue_cards", **{"commune": commune, "school": None, "quantity": 1, "birth_year": 2016, **change}
            )
    with pytest.raises(InvalidData):
        asking.call("issue_cards", commune=commune, school=None, quantity=1, birth_year=1066)
