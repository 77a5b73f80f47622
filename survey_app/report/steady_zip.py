"""Word and Excel files are zip archives full of times; here they get the same ones whenever they are made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

_MOMENT = (1980, 1, 1, 0, 0, 0)


def steady(archive: bytes, changed: Callable[[str, bytes], bytes] = lambda _name, content: content) -> bytes:
    """The same archive without the time at which it was made; `changed` may give an entry another content."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, changed(name, old.read(name)))
    return made.getvalue()
