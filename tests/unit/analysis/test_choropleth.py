from itertools import combinations
from typing import Any

import pandas as pd
import pytest

from analysis.choropleth import (
    CLASS_COLOURS,
    FIELDS,
    STATE_COLOURS,
    TEXT_KEYS,
    classes,
    colour,
    features,
    legend,
    percent,
    table,
    without_cell,
)
from analysis.indicators import PROVINCE, Definition, rates
from analysis.measures import MEASURES, measure_classes, measure_states
from analysis.measures import measured as by_measure
from analysis.suppression import suppress

CATALOGUE = {
    "map.class.range": "{low} đến dưới {high} %",
    "map.class.last": "từ {low} %",
    "map.points.first": "dưới {high} điểm",
    "map.points.range": "{low} đến dưới {high} điểm",
    "map.points.last": "từ {low} điểm",
    "map.waiting.one": "{low} đợt",
    "map.waiting.range": "{low} đến {high} đợt",
    "map.waiting.last": "từ {low} đợt",
    "map.state.no_comparison": "năm trước chưa có số",
    "map.state.no_ratings": "chưa có đánh giá",
    "map.state.no_data": "chưa có dữ liệu",
    "map.state.not_counted": "chưa được tính",
    "map.state.suppressed": "ẩn để bảo vệ trẻ em",
    "map.state.no_population": "chưa có mẫu số",
    "map.count": "{value} trẻ",
    "map.count.interval": "từ {lower} đến {upper} trẻ",
    "map.percent": "{value} %",
    "map.percent.interval": "{lower} % (nhiều nhất {upper} %)",
    "map.gap": "{value} điểm phần trăm",
    "map.estimate": "{source} (ước tính)",
    "map.consultations": "{held}",
    "map.consultations.some_not_counted": "{held}, và {not_counted} chưa được tính",
    "map.missing": "–",
    "map.column.name": "Xã/phường",
    "map.column.numerator": "Tử số",
    "map.column.denominator": "Mẫu số",
    "map.column.source": "Nguồn mẫu số",
    "map.column.rate": "Tỷ lệ",
    "map.column.target": "Mục tiêu",
    "map.column.gap": "Khoảng cách",
    "map.column.consultations": "Đợt lấy ý kiến",
}
text = CATALOGUE.__getitem__
EDGES = (0, 10, 20, 30, 35, 50, 100)
LINE = Definition(22, {}, "consultation", 7, 15, {2025: 30.0}, EDGES, {})


@pytest.fixture(scope="module")
def names(in_force: pd.DataFrame) -> dict[str, str]:
    return {**dict(zip(in_force["code"], in_force["name"], strict=True)), PROVINCE: "Tỉnh Trà Vinh (cũ)"}


@pytest.fixture(scope="module")
def measured(
    definitions: dict[int, Definition], estimates: pd.DataFrame, sources: pd.DataFrame, communes: list[str]
) -> pd.DataFrame:
    """Indicator 22 in 2025: 29242 measured (of 4,625 children), 29254 not counted, 29263 too small to show."""
    columns = ["indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain"]
    columns += ["uncarded_possible", "consultations", "consultations_not_counted"]
    given_counts = pd.DataFrame(
        [
            (22, "29242", 2025, 1500, 1600, 30, 100, 12, 1),
            (22, "29254", 2025, 0, 0, 0, 0, 0, 2),
            (22, "29263", 2025, 3, 3, 3, 0, 1, 0),
            (22, "29266", 2025, 900, 900, 90, 0, 3, 0),
            (22, "29275", 2025, 700, 700, 90, 0, 3, 0),
            (22, PROVINCE, 2025, 3103, 3203, 90, 100, 19, 3),
        ],
        columns=columns,
    )
    return suppress(rates(given_counts, estimates, definitions[22], [2025], communes, sources=sources))


def words_of(measured: pd.DataFrame, names: dict[str, str], code: str) -> dict[str, str]:
    shown = table(measured, names, text)
    return {field: str(shown.loc[code, CATALOGUE[f"map.column.{field}"]]) for field in FIELDS}


# Classes and colours


@pytest.mark.parametrize(
    ("rate", "place"), [(0, 0), (9.99, 0), (10, 1), (29.99, 2), (30, 3), (35, 4), (50, 5), (100, 5), (130, 5)]
)
def test_a_class_begins_at_its_lower_edge(rate: float, place: int) -> None:
    assert colour("measured", rate, classes(EDGES)) == CLASS_COLOURS[place]


def test_classes_begin_at_both_targets(definitions: dict[int, Definition]) -> None:
    for definition in definitions.values():
        assert set(definition.targets.values()) <= {c.low for c in classes(definition.class_edges)}


def test_more_classes_than_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="7 classes"):
        classes(range(8))


def lightness_and_chroma(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of linear RGB from 0 to 1."""
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


# Machado, Oliveira, Fernandes 2009, severity 1.0
SIGHT = {
    "full colour sight": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def seen(rgb: tuple[int, int, int], matrix: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    linear = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in rgb]
    mixed = [min(max(sum(m * v for m, v in zip(line, linear, strict=True)), 0), 1) for line in matrix]
    return lightness_and_chroma((mixed[0], mixed[1], mixed[2]))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    "all_colours",
    [
        [*(of.colour for of in measure_classes(measure, LINE)), *(STATE_COLOURS[s] for s in measure_states(measure))]
        for measure in MEASURES
    ],
    ids=MEASURES,
)
def test_any_two_colours_can_be_told_apart(sight: str, all_colours: list[tuple[int, int, int]]) -> None:
    for a, b in combinations(all_colours, 2):
        distance = sum((x - y) ** 2 for x, y in zip(seen(a, SIGHT[sight]), seen(b, SIGHT[sight]), strict=True)) ** 0.5
        assert distance > 10, (sight, a, b)


def test_higher_classes_are_darker() -> None:
    lightness = [seen(c, SIGHT["full colour sight"])[0] for c in CLASS_COLOURS]
    assert lightness == sorted(lightness, reverse=True)


# Legend


def test_the_legend_counts_every_commune_once_and_the_province_never(measured: pd.DataFrame) -> None:
    entries = legend(classes(EDGES), measured, text)
    assert sum(entry.communes for entry in entries) == 41
    assert [(e.label, e.communes) for e in entries if e.communes] == [
        ("20 đến dưới 30 %", 1),
        ("30 đến dưới 35 %", 1),
        ("chưa có dữ liệu", 36),
        ("chưa được tính", 1),
        ("ẩn để bảo vệ trẻ em", 2),  # 29263, and 29275 so that it cannot be found by subtraction
    ]


def test_the_legend_has_the_same_lines_when_there_is_nothing_to_show(measured: pd.DataFrame) -> None:
    nothing = legend(classes(EDGES), measured.iloc[:0], text)
    assert [e.label for e in nothing] == [e.label for e in legend(classes(EDGES), measured, text)]
    assert {e.communes for e in nothing} == {0}


# Words and numbers


def test_a_measured_commune_shows_how_its_rate_came_about(measured: pd.DataFrame, names: dict[str, str]) -> None:
    assert words_of(measured, names, "29242") == {
        "numerator": "từ 1.500 đến 1.700 trẻ",
        "denominator": "4.625 trẻ",
        "source": "Tổng điều tra dân số và nhà ở 1/4/2019 (ước tính)",
        "rate": "32,4 % (nhiều nhất 36,7 %)",
        "target": "30,0 %",
        "gap": "+2,4 điểm phần trăm",
        "consultations": "12, và 1 chưa được tính",
    }


@pytest.mark.parametrize(
    ("code", "why"), [("29254", "chưa được tính"), ("29263", "ẩn để bảo vệ trẻ em"), ("29278", "chưa có dữ liệu")]
)
def test_a_rate_that_is_missing_says_why(measured: pd.DataFrame, names: dict[str, str], code: str, why: str) -> None:
    shown = words_of(measured, names, code)
    assert (shown["numerator"], shown["rate"], shown["gap"]) == (why, why, "–")
    assert shown["denominator"] != "–"


def test_rates_are_rounded_down_so_that_no_target_looks_reached_before_it_is() -> None:
    assert percent(29.999) == "29,9"
    assert percent(30.0) == "30,0"
    assert percent(100 * 3 / 10) == "30,0"
    assert percent(29.999, "en") == "29.9"


def test_the_table_has_every_area_and_columns_in_the_language(measured: pd.DataFrame, names: dict[str, str]) -> None:
    shown = table(measured, names, text)
    assert list(shown.columns) == ["Xã/phường", *(CATALOGUE[f"map.column.{field}"] for field in FIELDS)]
    assert len(shown) == 42
    assert shown.loc["29263"].iloc[0] == "Phường Long Đức"


def test_the_map_takes_one_year_at_a_time(measured: pd.DataFrame, names: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one indicator and year"):
        table(pd.concat([measured, measured]), names, text)


# Features


def test_every_commune_is_on_the_map_with_the_tables_words(
    cells: dict[str, Any], measured: pd.DataFrame, names: dict[str, str]
) -> None:
    drawn = features(cells, measured, names, classes(EDGES), text)
    assert len(drawn["features"]) == 41
    assert without_cell(cells, measured) == []
    shown = table(measured, names, text)
    for feature in drawn["features"]:
        properties = feature["properties"]
        assert [properties[field] for field in FIELDS] == list(shown.loc[properties["code"]])[1:]
        assert len(properties["fill"]) == 4


def test_a_commune_without_border_is_listed(cells: dict[str, Any], measured: pd.DataFrame) -> None:
    fewer = {"type": "FeatureCollection", "features": cells["features"][1:]}
    assert without_cell(fewer, measured) == ["29242"]


def test_nothing_a_person_typed_becomes_html_in_the_tooltip(
    cells: dict[str, Any], measured: pd.DataFrame, names: dict[str, str]
) -> None:
    imported = measured.assign(source_title="<img src=x onerror=alert(1)>")
    drawn = features(cells, imported, names, classes(EDGES), text)
    for feature in drawn["features"]:
        assert not [value for value in feature["properties"].values() if isinstance(value, str) and "<img" in value]


def test_the_catalogue_needs_exactly_the_declared_texts(
    cells: dict[str, Any], measured: pd.DataFrame, names: dict[str, str], definitions: dict[int, Definition]
) -> None:
    assert set(TEXT_KEYS) == set(CATALOGUE)
    asked: set[str] = set()

    def note(key: str) -> str:
        asked.add(key)
        return CATALOGUE[key]

    features(cells, measured, names, classes(EDGES), note)
    legend(classes(EDGES), measured, note)
    legend(measure_classes("gap", definitions[22]), by_measure(measured, "gap"), note, states=tuple(STATE_COLOURS))
    legend(measure_classes("waiting", definitions[22]), measured.iloc[:0], note)
    table(measured, names, note)
    assert asked <= set(TEXT_KEYS)
    # The word for what is missing without a reason is only asked for where a denominator or gap is missing.
    assert set(TEXT_KEYS) - asked == set()
