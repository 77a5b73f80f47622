"""Shows children with cards by area and group (sex, age, school, …) only where no number can point at a child.

A grouping is a table with totals both ways: an area's groups add up to its children with cards, and the communes' children
of a group to the province's, up to those with cards in two communes. Several groupings of the same children can be laid
side by side; all they have in common is how many children with cards an area has. So the attacker is given that number of
every area, exactly, although it is nowhere shown, and how many children stand in two communes; then each grouping stands
alone. Only the number of an area that is hidden as a whole, or that is small itself, is kept from him: of such an area no
group is shown in any grouping, and what he can find out of these numbers by subtraction leaves room as well
(analysis/suppression.py). Where a shown district tells the sum of its hidden communes, he knows that sum.

An area's cards are at most its lower bound, and what the bounds go beyond the cards adds up to that of the province.

What is left for him are the tables that agree with all this. From one to the next children move around: one more in a
hidden cell, one fewer in another one of its row, and so on back to where it began. So cells are the edges of a network of
areas and groups, and the most by which a cell can grow or shrink is a greatest flow from its one end to the other past it:
without bound along cells that grow, and at most their number along those that shrink. For every small count the two
together must be at least the threshold; else cells that make a rectangle with it are hidden as well, those with the fewest children first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.indicators import PROVINCE
from analysis.suppression import SUPPRESSED, THRESHOLD, hidden_areas

_ZERO, _UNBOUND, _TRIED = 10**6, 10**9, 20

Cell = tuple[str, str]
Node = tuple[str, str]


def suppress_groups(
    groups: pd.DataFrame,
    shown: pd.DataFrame,
    reckoned: pd.DataFrame,
    threshold: int = THRESHOLD,
    total: str = PROVINCE,
    blocks: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Children with cards by area and group, with small counts hidden: area_code, group, children (pandas.NA where
    hidden), state ('measured' or 'suppressed'); every group in every area that `shown` has any figure of or hides.

    `groups`: area_code, group, children; each child is in one group of an area, and in the total's row once. `shown`:
    one indicator and year as made by `suppress` of `reckoned`. `blocks`: the shown district of a commune, for communes that are in one.
    Raises ValueError when an area and group stand twice.
    """
    if groups.duplicated(["area_code", "group"]).any():
        raise ValueError("suppress_groups: an area and group stand twice")
    names = sorted(groups["group"].unique())
    whole = {
        code: state == SUPPRESSED
        for code, lower, state in zip(shown["commune_code"], shown["lower"], shown["state"], strict=True)
        if state == SUPPRESSED or not pd.isna(lower)
    }
    counts = {(code, name): 0 for code in whole for name in names}
    given = zip(groups["area_code"], groups["group"], groups["children"], strict=True)
    counts |= {(code, name): int(children) for code, name, children in given if code in whole}
    cards = {code: sum(counts[code, name] for name in names) for code in whole}
    kept = frozenset(code for code, hidden in whole.items() if hidden)
    lowers = dict(zip(reckoned["commune_code"], reckoned["lower"], strict=True))
    beyond = {code: max(0, int(lowers[code]) - cards[code]) for code in whole}
    network = _Network(
        counts, _free(cards, kept, threshold, total, blocks or {}), kept, beyond, cards, total, blocks or {}
    )
    while unsafe := next((code for code in sorted(network.free) if not network.keeps_total(code, threshold)), None):
        block = network.blocks.get(unsafe)
        spare = [
            code for code in whole if code not in network.free and cards[code] and network.blocks.get(code) == block
        ]
        if not spare:
            spare = [code for code in whole if code not in network.free]
        if not spare:
            break
        more = min(spare, key=lambda code: (code == total, cards[code], code))
        network = replace(network, free=network.free | {more})
    hidden = _hidden_cells(network, threshold)
    rows = [
        (code, name, pd.NA, SUPPRESSED) if (code, name) in hidden else (code, name, children, "measured")
        for (code, name), children in counts.items()
    ]
    return pd.DataFrame(rows, columns=["area_code", "group", "children", "state"]).astype({"children": "Int64"})


def _free(
    cards: Mapping[str, int], hidden: frozenset[str], threshold: int, total: str, blocks: Mapping[str, str]
) -> frozenset[str]:
    """Areas whose number of children with cards is not told: such as are hidden, small ones, and as many others as it takes."""
    small = {area for area, children in cards.items() if 0 < children < threshold}
    kept: set[str] = {*hidden, *small}
    for block in sorted(set(blocks.values())):
        inside = {area: (children,) for area, children in cards.items() if blocks.get(area) == block}
        kept |= hidden_areas(inside, threshold, f"the sum of {block}", already=kept & inside.keys())
    outside = {area: (children,) for area, children in cards.items() if area not in blocks}
    kept |= hidden_areas(outside, threshold, total, already=kept & outside.keys())
    return frozenset(kept)


@dataclass(frozen=True)
class _Network:
    """Counts by area and group, as edges between an area and a group. How many cards `free` areas have is not told: it is an
    edge (with the group '') from a node for all of them; those of areas that are hidden as a whole come together first.
    """

    counts: Mapping[Cell, int]
    free: frozenset[str]
    hidden: frozenset[str]
    beyond: Mapping[str, int]
    """How many more children than cards an area's lower bound has: all that its cards can grow by."""
    cards: Mapping[str, int]
    total: str
    blocks: Mapping[str, str]
    ends: dict[Cell, tuple[Node, Node]] = field(init=False)
    """Where one child more in a cell comes from and goes to; of the total's row it is the other way round."""
    totals: dict[Cell, tuple[int, int]] = field(init=False)
    """Of the edges of free areas: by how much each may grow and shrink."""

    def __post_init__(self) -> None:
        has_total = any(area == self.total for area, _ in self.counts)
        ends = {}
        for area, name in self.counts:
            here: Node = ("area", area)
            there: Node = ("group", name) if has_total else ("group", "")
            ends[area, name] = (there, here) if area == self.total else (here, there)
        totals: dict[Cell, tuple[int, int]] = {}
        for area in sorted(self.free):
            block = self.blocks.get(area, "")
            free, together, cell = ("free", block), ("hidden", block), (area, "")
            here = ("area", area)
            if area == self.total:
                ends[cell] = (here, free)
                totals[cell] = (_UNBOUND if area in self.hidden else self.beyond[area], self.cards[area])
            elif area in self.hidden:
                # One hidden area may have what another one has: only together their cards are bounded.
                ends[cell] = (together, here)
                totals[cell] = (_UNBOUND, self.cards[area])
                of_all = (f"hidden {block}", "")
                ends[of_all] = (free, together)
                grows, shrinks = totals.get(of_all, (0, 0))
                totals[of_all] = (grows + self.beyond[area], shrinks + self.cards[area])
            else:
                ends[cell] = (free, here)
                totals[cell] = (self.beyond[area], self.cards[area])
        object.__setattr__(self, "ends", ends)
        object.__setattr__(self, "totals", totals)

    def keeps_total(self, area: str, enough: int) -> bool:
        """Whether the number of cards of a free area is no small one, or leaves room even where all groups are hidden."""
        if not 0 < self.cards[area] < enough:
            return True
        everything = {cell for cell in self.counts if cell[0] in self.free}
        cell = (area, "")
        start, end = self.ends[cell]
        grows, shrinks = self.totals[cell]
        more = min(grows, self._flow(end, start, cell, everything, enough))
        return more + min(shrinks, self._flow(start, end, cell, everything, enough)) >= enough

    def room(self, cell: Cell, hidden: set[Cell], enough: int) -> int:
        """By how much the cell's greatest and least possible number differ, or `enough` where it is more."""
        start, end = self.ends[cell]
        if start == end:
            return enough
        more = self._flow(end, start, cell, hidden, enough)
        if more >= enough:
            return enough
        return more + min(self.counts[cell], self._flow(start, end, cell, hidden, enough))

    def _flow(self, source: Node, sink: Node, past: Cell, hidden: set[Cell], enough: int) -> int:
        """The greatest flow, up to `enough`: shortest ways that have room, one after the other."""
        room: dict[Node, dict[Node, int]] = {}
        for cell in hidden:
            if cell != past:
                start, end = self.ends[cell]
                forth = room.setdefault(start, {})
                forth[end] = enough
                back = room.setdefault(end, {})
                back[start] = min(enough, back.get(start, 0) + self.counts[cell])
        for cell, (grows, shrinks) in self.totals.items():
            if cell != past:
                start, end = self.ends[cell]
                forth, back = room.setdefault(start, {}), room.setdefault(end, {})
                forth[end] = min(enough, forth.get(end, 0) + grows)
                back[start] = min(enough, back.get(start, 0) + shrinks)
        flow = 0
        while flow < enough:
            came: dict[Node, Node] = {source: source}
            waiting = deque([source])
            while waiting and sink not in came:
                here = waiting.popleft()
                for there, left in room.get(here, {}).items():
                    if left and there not in came:
                        came[there] = here
                        waiting.append(there)
            if sink not in came:
                return flow
            way = [sink]
            while way[-1] != source:
                way.append(came[way[-1]])
            steps = list(zip(way[1:], way, strict=False))
            least = min(room[a][b] for a, b in steps)
            for a, b in steps:
                room[a][b] -= least
                room.setdefault(b, {})[a] = room[b].get(a, 0) + least
            flow += least
        return enough


def _hidden_cells(network: _Network, threshold: int) -> set[Cell]:
    small = [cell for cell, children in network.counts.items() if 0 < children < threshold]
    hidden = {*small, *(cell for cell in network.counts if cell[0] in network.free)}
    for cell in small:
        # Hiding more only widens what is feasible, so a cell that is safe once stays so.
        while network.room(cell, hidden, threshold) < threshold:
            more = _beside(cell, network, hidden, threshold)
            if not more:
                return set(network.counts)
            hidden |= more
    return hidden


def _beside(cell: Cell, network: _Network, hidden: set[Cell], threshold: int) -> set[Cell]:
    """Cells to hide with this one: those that make a rectangle with it, with the fewest children, where it is then safe.
    None where no rectangle has anything to hide.
    """
    area, name = cell
    found: dict[frozenset[Cell], int] = {}
    for other_area, other_name in network.counts:
        if other_area != area and other_name != name:
            corners = frozenset({(area, other_name), (other_area, name), (other_area, other_name)} - hidden)
            # Zeros are hidden last: they point at nobody, and nothing can be taken from them.
            found[corners] = sum(network.counts[corner] or _ZERO for corner in corners)
    found.pop(frozenset(), None)
    cheapest = sorted(found, key=lambda corners: (found[corners], sorted(corners)))
    safe = (one for one in cheapest[:_TRIED] if network.room(cell, hidden | one, threshold) >= threshold)
    return set(next(safe, cheapest[0] if cheapest else ()))
