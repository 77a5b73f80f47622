"""Every text that a person sees: gettext catalogues, read straight from their .po files.

A message has a dotted key as msgid ("join.code.title") and may hold placeholders in the style of str.format ("{name}").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel.messages.pofile import PoFileError, read_po

LOCALE_FOLDER = Path(__file__).with_name("locale")


class CatalogueError(LookupError):
    """A catalogue or a message in it that is missing or cannot be read; the text names the file and the remedy."""


@cache
def catalogue(domain: str, language: str) -> Mapping[str, str]:
    """Key → text of the file locale/<language>/LC_MESSAGES/<domain>.po, read once a process.

    Messages that are empty or marked fuzzy are left out. Raises CatalogueError.
    """
    path = LOCALE_FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    try:
        with path.open("rb") as file:
            messages = read_po(file, locale=language, abort_invalid=True)
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error}; is {language!r} a language of {domain!r}?") from error
    except PoFileError as error:
        raise CatalogueError(f"{path} is not a valid .po file: {error}") from error
    return MappingProxyType({str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy})


def text(domain: str, language: str, key: str, **values: Any) -> str:
    """The message with its placeholders filled in.

    Raises CatalogueError when the message is not there or asks for a value that is not given.
    """
    message = catalogue(domain, language).get(key)
    if message is None:
        raise CatalogueError(f"{domain}.po in {language!r} has no message {key!r}; add it")
    try:
        return message.format(**values) if values else message
    except (KeyError, IndexError) as error:
        raise CatalogueError(f"{key!r} in {domain}.po ({language!r}) asks for {error}, which is not given") from error
