"""In which order the questions of a form can be worked out, when some depend on answers to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from survey_app.questionnaire.expression import Expression, references
from survey_app.questionnaire.expression import walk as parts
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
    """For each node, in the order of the form, the nodes that decide whether it is there and what it is worth.

    A repeat stands for its own list of times; a question in it for its answers in all of them.
    """
    needs: dict[str, list[str]] = {}
    for node in walk(nodes):
        trees = [tree for tree in (node.relevant, node.calculation, node.count) if tree]
        own = needs.setdefault(node.name, [])
        own.extend(name for tree in trees for name in references(tree) if name != node.name or not _holds_on(tree))
        own.extend(node.trigger)
        for child in node.children:
            needs.setdefault(child.name, []).append(node.name)
    return needs


def _holds_on(tree: Expression) -> bool:
    """Whether the value is worked out once and then kept, so that it may read itself."""
    return any(part.get("fn") == "once" for part in parts(tree))


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
