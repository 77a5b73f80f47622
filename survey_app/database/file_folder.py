"""Files of the embedded database: a folder for each bucket, each file written as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from survey_app.database.errors import NoSuchFile, Unavailable

_ABANDONED_AFTER = 3600.0
"""Seconds: what a killed process has left half-written is older than any write under way."""


class FileFolder:
    """The files under one folder. Who may keep, read and remove them is asked elsewhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    def keep(self, bucket: str, name: str, content: bytes) -> None:
        """Write the file, in place of one of that name; on the disk when this returns. Raises Unavailable."""
        path = self._path(bucket, name)
        try:
            for folder in (self._incoming, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, begun = tempfile.mkstemp(prefix=f"{name}.", dir=self._incoming)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(begun).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(begun).unlink()
                raise
            _flush_folder(path.parent)
        except OSError as error:
            raise Unavailable(f"the file {name} cannot be written: {error}") from error

    def read(self, bucket: str, name: str) -> bytes:
        """Raises NoSuchFile or Unavailable."""
        try:
            return self._path(bucket, name).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchFile(name) from error
        except OSError as error:
            raise Unavailable(f"the file {name} cannot be read: {error}") from error

    def remove(self, bucket: str, name: str) -> None:
        """A file that is not there is no error. Raises Unavailable."""
        path = self._path(bucket, name)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _flush_folder(path.parent)
        except OSError as error:
            raise Unavailable(f"the file {name} cannot be removed: {error}") from error

    def forget_abandoned(self) -> None:
        """Remove what was half-written when a process died: it may be a withdrawn child's."""
        with contextlib.suppress(OSError):
            for path in self._incoming.iterdir():
                if path.stat().st_mtime < time.time() - _ABANDONED_AFTER:
                    path.unlink(missing_ok=True)

    def _path(self, bucket: str, name: str) -> Path:
        # A folder of a hundred thousand files is slow to work with.
        return self._folder / bucket / name[:2] / name


def _flush_folder(folder: Path) -> None:
    """Make a new or removed name in it last."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
