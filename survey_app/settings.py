"""Where this process listens and which database it opens, read once from the environment and .streamlit/secrets.toml.

A variable of the environment wins over the file. Names: HOST, PORT, DATA_DIR, PUBLIC_URL, SUPABASE_URL,
SUPABASE_ANON_KEY, SUBMISSION_SECRET.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRETS_FILE = Path(".streamlit") / "secrets.toml"


class SettingsError(ValueError):
    """A setting that cannot be used; the text names it and the remedy."""


@dataclass(frozen=True)
class Settings:
    """All that differs between one installation and another."""

    host: str = "127.0.0.1"
    port: int = 8501
    data_dir: Path = Path(".data")
    public_url: str | None = None
    """The address that tablets reach, when it is not the one that a request names (behind a proxy)."""
    supabase_url: str | None = None
    supabase_anon_key: str | None = None
    submission_secret: str | None = None
    """Vouches for checked submissions at Supabase; the embedded database keeps its own."""

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise SettingsError(f"PORT is {self.port}; it must be a number from 1 to 65535")

    @property
    def uses_supabase(self) -> bool:
        return self.supabase_url is not None


def load_settings(environment: Mapping[str, str] | None = None, secrets_file: Path = SECRETS_FILE) -> Settings:
    """Settings of this process.

    Raises SettingsError when a value cannot be used or half of a pair is missing.
    """
    values: dict[str, str] = {}
    if secrets_file.is_file():
        try:
            found = tomllib.loads(secrets_file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{secrets_file} cannot be read: {error}; make it a readable UTF-8 file") from error
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{secrets_file} is not valid TOML: {error}") from error
        values.update({name.upper(): str(value) for name, value in found.items() if not isinstance(value, dict)})
    # `make` hands on names that nobody has set as empty ones: they must not hide what the file says.
    given = os.environ if environment is None else environment
    values.update({name: value for name, value in given.items() if value})

    port_text = values.get("PORT") or "8501"
    if not port_text.isdecimal() or len(port_text) > 5:
        raise SettingsError(f"PORT is {port_text!r}; it must be a number from 1 to 65535")
    public_url = (values.get("PUBLIC_URL") or "").rstrip("/") or None
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise SettingsError(f"PUBLIC_URL is {public_url!r}; it must begin with https:// or http://")
    supabase_url = values.get("SUPABASE_URL") or None
    anon_key = values.get("SUPABASE_ANON_KEY") or None
    if (supabase_url is None) != (anon_key is None):
        raise SettingsError(
            "SUPABASE_URL and SUPABASE_ANON_KEY go together: set both, or neither for the embedded database"
        )
    return Settings(
        host=values.get("HOST") or "127.0.0.1",
        port=int(port_text),
        data_dir=Path(values.get("DATA_DIR") or ".data").expanduser(),
        public_url=public_url,
        supabase_url=supabase_url,
        supabase_anon_key=anon_key,
        submission_secret=values.get("SUBMISSION_SECRET") or None,
    )
