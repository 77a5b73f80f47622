"""Runs the web form's own modules outside a page: in Node when there is one, else in Chromium. Never not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route, sync_playwright

from survey_app.questionnaire import evaluate
from tests.browser.chromium import ARGUMENTS, find_chromium

REPOSITORY = Path(__file__).parents[2]
WEBFORM = Path(evaluate.__file__).parents[1] / "webform"
MODULES = ("digest.js", "expression.js", "walk.js")
ZONE = "Asia/Ho_Chi_Minh"
_START = """
import { readFileSync } from "node:fs";
import { run } from "./task.mjs";
process.stdout.write(JSON.stringify(run(JSON.parse(readFileSync(0, "utf8")))));
"""
_NOWHERE = "http://webform.test/"


def in_javascript(task: Path, given: Any) -> Any:
    """What `run` of the module `task` makes of `given`; both are JSON. It imports from MODULES."""
    node = shutil.which("node")
    if node is not None:
        return in_node(node, task, given)
    # In a process of its own: there may be a browser in this one already.
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, str(task)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return _read(done.stdout)


def in_node(node: str, task: Path, given: Any) -> Any:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for module in MODULES:
            shutil.copy(WEBFORM / module, folder / module)
        shutil.copy(task, folder / "task.mjs")
        (folder / "start.mjs").write_text(_START, encoding="utf-8")
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        done = subprocess.run(
            [node, str(folder / "start.mjs")],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "TZ": ZONE},
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return _read(done.stdout)


def in_browser(browser: Browser, task: Path, given: Any) -> Any:
    files = {f"/{module}": WEBFORM / module for module in MODULES} | {"/task.mjs": task}

    def answer(route: Route) -> None:
        path = files.get(urlsplit(route.request.url).path)
        if path is None:
            route.fulfill(content_type="text/html", body="<!doctype html><title>.</title>")
        else:
            route.fulfill(content_type="text/javascript; charset=utf-8", body=path.read_text(encoding="utf-8"))

    context = browser.new_context(timezone_id=ZONE)
    try:
        page = context.new_page()
        page.route(f"{_NOWHERE}**", answer)
        page.goto(_NOWHERE)
        script = "async (given) => JSON.stringify((await import('/task.mjs')).run(JSON.parse(given)))"
        return _read(page.evaluate(script, json.dumps(given)))
    finally:
        context.close()


def _read(text: str) -> Any:
    # JavaScript has no whole numbers of their own: 2**60 is written with digits that a float does not have.
    return json.loads(text, parse_int=float)


def _main(task: Path) -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(
            "neither Node nor Chromium: install the package nodejs, or run python -m tests.browser.chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        print(json.dumps(in_browser(browser, task, json.load(sys.stdin))))
        browser.close()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
