"""The map itself: cells, outline and names drawn by deck.gl alone, with no tile server behind them."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any

import pandas as pd
import pydeck

from analysis.basemap import labels, outline, view_state
from analysis.choropleth import FIELDS, features
from survey_app.screens.language import current, say
from survey_app.screens.map_figures import Figures
from survey_app.screens.places import Commune

LAYER = "communes"
_CHOSEN_LINE = [196, 30, 58, 255]
_LABEL_METRES = 1_250
METRES_A_PERCENT, LIFT = 160, 600
TILT = 40


def deck(
    shown: Figures,
    cells: Mapping[str, Any],
    communes: tuple[Commune, ...],
    chosen: str | None,
    size: tuple[int, int],
    *,
    raised: bool = False,
) -> pydeck.Deck:
    """The communes in their colours, the chosen one framed; `size` in pixels is what all of them must fit into.

    Raised, a commune is as high as its value (percent) is great, seen from the south; one without a value is flat.
    """
    drawn = features(cells, shown.communes, {c.code: c.name for c in communes}, shown.classes, shown.text, current())[
        "features"
    ]
    for feature in drawn:
        # The tooltip's template escapes what it fills in.
        feature["properties"] = {
            name: unescape(value) if isinstance(value, str) else value
            for name, value in feature["properties"].items()
            if name != "tooltip"
        }
    height = {
        row["commune_code"]: 0.0 if pd.isna(row["value"]) else METRES_A_PERCENT * float(row["value"])
        for row in (shown.communes.to_dict("records") if raised else ())
    }
    values = {
        row["commune_code"]: shown.value_words(row) or say("map.missing") for row in shown.communes.to_dict("records")
    }
    for feature in drawn:
        feature["properties"]["value_words"] = values[feature["properties"]["code"]]
        feature["properties"]["height"] = height.get(feature["properties"]["code"], 0.0)
    frame = [f for f in drawn if f["properties"]["code"] == chosen]
    named = pd.DataFrame(
        [{"code": c.code, "name": c.name, "kind": c.kind, "lat": c.lat, "lon": c.lon} for c in communes]
    )
    layers = [
        pydeck.Layer(
            "GeoJsonLayer",
            id=LAYER,
            data=drawn,
            # Set below the layer itself: Streamlit fades what is not selected by taking over the layer's own fill, and
            # a faded colour would belong to no class of the legend.
            _subLayerProps={"polygons-fill": {"getFillColor": "@@=properties.fill"}},
            get_line_color="properties.line",
            line_width_min_pixels=1,
            extruded=raised,
            wireframe=raised,
            get_elevation="properties.height",
            # Light from above alone, so that a side is never mistaken for another class than its roof.
            material={"ambient": 1, "diffuse": 0, "shininess": 0, "specularColor": [0, 0, 0]},
            pickable=True,
            auto_highlight=True,
            highlight_color=[0, 0, 0, 50],
        ),
        pydeck.Layer(
            "GeoJsonLayer",
            id="outline",
            data=[outline(cells)],
            filled=False,
            get_line_color=[40, 60, 70, 255],
            line_width_min_pixels=2,
            pickable=False,
        ),
        pydeck.Layer(
            "GeoJsonLayer",
            id="chosen",
            data=frame,
            filled=False,
            get_line_color=_CHOSEN_LINE,
            line_width_min_pixels=4,
            pickable=False,
        ),
        pydeck.Layer(
            "TextLayer",
            id="names",
            data=[
                label | {"position": [*label["position"], height.get(label["code"], 0.0) + (LIFT if raised else 0)]}
                for label in labels(named)
            ],
            get_position="position",
            get_text="name",
            get_size=_LABEL_METRES,
            size_units=pydeck.types.String("meters"),
            size_max_pixels=16,
            get_color=[20, 30, 36, 255],
            character_set=pydeck.types.String("auto"),
            font_family=pydeck.types.String("system-ui, Roboto, Noto Sans, sans-serif"),
            font_weight=600,
            font_settings={"sdf": True, "fontSize": 48, "buffer": 8},
            outline_width=3,
            outline_color=[255, 255, 255, 230],
            # A name is read whole, also behind a higher neighbour.
            parameters={"depthCompare": "always"},
            pickable=False,
        ),
    ]
    # map_provider None and no map_style at all: only then does Streamlit's front end leave the base map out; with
    # map_style None or "" it asks a tile server for a style.
    return pydeck.Deck(
        layers=layers,
        map_provider=None,
        initial_view_state=_looking_at(cells, size, raised=raised),
        views=[
            pydeck.View(type="MapView", controller={"scrollZoom": False, "doubleClickZoom": True, "dragRotate": raised})
        ],
        tooltip={
            "html": _tooltip(shown),
            "style": {"color": "#fff", "maxWidth": "19rem", "fontSize": "0.875rem", "lineHeight": "1.4"},
        },
    )


def _looking_at(cells: Mapping[str, Any], size: tuple[int, int], *, raised: bool) -> pydeck.ViewState:
    width, height = size
    if not raised:
        return pydeck.ViewState(**view_state(cells, width, height, margin=0.02))
    # Tilted, what is near is wider and the whole is less high.
    return pydeck.ViewState(**view_state(cells, round(width * 0.76), round(height * 1.3), margin=0.02), pitch=TILT)


def chosen_code(selection: Any) -> str | None:
    """The code of the commune clicked on, from the chart's state."""
    objects = selection.get("objects", {}).get(LAYER) or [] if selection else []
    return str(objects[0]["properties"]["code"]) if objects else None


def _tooltip(shown: Figures) -> str:
    lines = "".join(f"<br>{shown.text(f'map.column.{field}')}: {{{field}}}" for field in FIELDS)
    value = "" if shown.measure == "rate" else f"<br>{say('map.measure.' + shown.measure)}: {{value_words}}"
    return "<b>{name}</b>" + value + lines
