import unicodedata
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from analysis import population


def test_41_units_are_in_force_and_106_came_before_them(units: pd.DataFrame, in_force: pd.DataFrame) -> None:
    assert len(in_force) == 41
    assert set(in_force["valid_from"]) == {"2025-07-01"}
    assert len(units[(units["valid_to"] != "") & (units["code"] != "84")]) == 106


def test_a_code_names_at_most_one_unit_on_any_date(units: pd.DataFrame) -> None:
    for day in ("2019-04-01", "2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01", "2026-11-24"):
        starts = (units["valid_from"] == "") | (units["valid_from"] <= day)
        valid = units[starts & ((units["valid_to"] == "") | (units["valid_to"] >= day))]
        assert valid["code"].is_unique, day


def test_a_reused_code_means_another_unit_before_and_after_the_change(units: pd.DataFrame) -> None:
    names = units[units["code"] == "29242"].set_index("valid_to")["name"].to_dict()
    assert names == {"": "Phường Trà Vinh", "2025-06-30": "Phường 3"}


def test_the_former_province_has_a_name(units: pd.DataFrame) -> None:
    assert list(units[units["code"] == "84"]["kind"]) == ["Tỉnh"]


def test_every_former_unit_leads_to_one_in_force(
    units: pd.DataFrame, succession: pd.DataFrame, communes: list[str]
) -> None:
    former = units[(units["valid_to"] != "") & (units["code"] != "84")]
    assert set(zip(former["code"], former["valid_to"], strict=True)) == set(
        zip(succession["old_code"], succession["valid_to"], strict=True)
    )
    assert set(succession["new_code"]) == set(communes)
    assert set(succession[succession["valid_to"] == "2024-12-31"]["old_code"]) == {"29245", "29251"}


@pytest.mark.parametrize("file", ["units.csv", "succession.csv", "census_2019_district_age.csv", "card_animals.csv"])
def test_text_is_in_one_unicode_form(data: Path, file: str) -> None:
    text = (data / file).read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_the_source_of_the_estimates_is_the_census_and_marked_as_estimate(sources: pd.DataFrame) -> None:
    row = sources[sources["source"] == population.SOURCE].iloc[0]
    assert row["is_estimate"]
    assert "1/4/2019" in row["title"]


@pytest.fixture(scope="module")
def animals(data: Path) -> pd.DataFrame:
    return pd.read_csv(data / "card_animals.csv", keep_default_na=False)


def ascii_letters(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(c for c in bare if c.isascii() and c.isalpha()).upper()


def slips(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def test_forty_animals_stand_at_positions_0_to_39(animals: pd.DataFrame) -> None:
    assert list(animals["position"]) == list(range(40))
    for column in ("code", "emoji", "vi", "km", "en"):
        assert animals[column].is_unique, column
        assert (animals[column] != "").all(), column


def test_an_animals_code_is_its_name_without_accents(animals: pd.DataFrame) -> None:
    shortened = {"HUOU": "HUOUCAOCO", "HAMSTER": "CHUOTHAMSTER"}
    for animal in animals.itertuples():
        assert 2 <= len(str(animal.code)) <= 8
        assert ascii_letters(str(animal.vi)) == shortened.get(str(animal.code), animal.code)


def test_one_slip_of_the_finger_never_makes_another_animal(animals: pd.DataFrame) -> None:
    for a, b in combinations(animals["code"], 2):
        assert slips(a, b) >= 2, (a, b)
        assert not a.startswith(b), (a, b)
        assert not b.startswith(a), (a, b)


def test_no_child_is_given_an_animal_that_is_used_to_tease(animals: pd.DataFrame) -> None:
    teasing = {"CHO", "HEO", "LON", "KHI", "BO", "TRAU", "DE", "QUA", "GA", "CU", "CHIM", "BUOM", "NGUA", "SOI", "CAO"}
    teasing |= {"OCSEN", "HAMA", "CAMAP", "MUC", "LUOI", "RAN", "BAO"}
    assert not teasing & set(animals["code"])
    assert not [code for code in animals["code"] if code.startswith(("CAC", "LON", "BUOI", "DIT"))]


def test_old_tablets_can_draw_every_animal(animals: pd.DataFrame) -> None:
    # Python 3.11's table is Unicode 14, so a name there and none of the blocks added after 13 (U+1FA95 on) will do.
    for emoji in animals["emoji"]:
        assert unicodedata.name(emoji[0])
        assert ord(emoji[0]) <= 0x1F9FF
