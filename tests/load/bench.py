"""Measures and prints; asserts nothing. `make bench` runs all of it."""

from __future__ import annotations

from tests.load import map_page_speed, map_speed, submission_speed, webform_speed


def main() -> None:
    """Every measurement, one after the other."""
    submission_speed.measure()
    webform_speed.measure()
    map_page_speed.measure()
    map_speed.measure()


if __name__ == "__main__":
    main()
