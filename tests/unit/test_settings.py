"""Settings: from the environment and the secrets file, and clear about what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_app.settings import Settings, SettingsError, load_settings

NO_FILE = Path("does-not-exist.toml")


def secrets(folder: Path, text: str) -> Path:
    path = folder / "secrets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_means_a_local_embedded_instance() -> None:
    settings = load_settings({}, NO_FILE)
    assert settings == Settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8501, Path(".data"))
    assert not settings.uses_supabase


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = secrets(tmp_path, 'port = 8600\nHOST = "0.0.0.0"\nPUBLIC_URL = "https://a.example/"\n[nested]\nport = 1\n')
    settings = load_settings({"PORT": "8700"}, file)
    assert (settings.port, settings.host, settings.public_url) == (8700, "0.0.0.0", "https://a.example")


def test_an_empty_variable_does_not_hide_the_file(tmp_path: Path) -> None:
    file = secrets(tmp_path, 'PORT = 8600\nDATA_DIR = "/srv/data"\nHOST = "0.0.0.0"\n')
    settings = load_settings({"PORT": "", "DATA_DIR": "", "HOST": "", "PUBLIC_URL": ""}, file)
    assert (settings.port, settings.data_dir, settings.host) == (8600, Path("/srv/data"), "0.0.0.0")
    assert settings.public_url is None


@pytest.mark.parametrize("port", ["0", "65536", "-1", "abc", "85 01", "8501.0", "²", "9" * 5000, " 8501"])
def test_a_bad_port_is_named_with_the_remedy(port: str) -> None:
    with pytest.raises(SettingsError, match=r"PORT is .*1 to 65535"):
        load_settings({"PORT": port}, NO_FILE)


@pytest.mark.parametrize("given", [{"SUPABASE_URL": "https://x.supabase.co"}, {"SUPABASE_ANON_KEY": "k"}])
def test_half_of_supabase_is_told(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"SUPABASE_URL and SUPABASE_ANON_KEY go together"):
        load_settings(given, NO_FILE)


def test_supabase_is_used_when_both_are_there() -> None:
    given = {"SUPABASE_URL": "https://x.supabase.co", "SUPABASE_ANON_KEY": "k", "SUBMISSION_SECRET": "s"}
    settings = load_settings(given, NO_FILE)
    assert settings.uses_supabase
    assert settings.submission_secret == "s"


@pytest.mark.parametrize("url", ["tieng-noi.example", "ftp://x", "javascript:alert(1)"])
def test_an_address_that_no_tablet_could_open_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"PUBLIC_URL .*https://"):
        load_settings({"PUBLIC_URL": url}, NO_FILE)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"secrets\.toml is not valid TOML"):
        load_settings({}, secrets(tmp_path, "PORT: 8501"))
    (tmp_path / "secrets.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"secrets\.toml cannot be read.*UTF-8"):
        load_settings({}, tmp_path / "secrets.toml")
