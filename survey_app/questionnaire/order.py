"""In which order the questions of a form can be worked out, when some depend on answers to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from survey_app.questionnaire.expression import references
from survey_app.questionnaire.model import Node


class CycleError(ValueError):
    """Questions that depend on each other in a circle; `names` in order."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(" → ".join([*names, names[0]]))
        self.names = names


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node in the order of the form, a group before what is in it."""
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def dependencies(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """For each node, in the order of the form, the nodes that decide whether it is there and what it is worth."""
    needs: dict[str, list[str]] = {}
    for node in walk(nodes):
        trees = [tree for tree in (node.relevant, node.calculation) if tree]
        needs.setdefault(node.name, []).extend(name for tree in trees for name in references(tree))
        for child in node.children:
            needs.setdefault(child.name, []).append(node.name)
    return needs


def depended_first(needs: Mapping[str, list[str]]) -> list[str]:
    """The names, each after all that it needs, else in the order given. Raises CycleError when that is impossible."""
    done: dict[str, None] = {}
    for start in needs:
        path: dict[str, None] = {}
        waiting = [(start, False)]
        while waiting:
            name, is_left = waiting.pop()
            if is_left:
                path.pop(name)
                done[name] = None
            elif name not in done:
                if name in path:
                    names = list(path)
                    raise CycleError(names[names.index(name) :])
                path[name] = None
                waiting.append((name, True))
                waiting.extend((need, False) for need in reversed(needs[name]) if need in needs)
    return list(done)
