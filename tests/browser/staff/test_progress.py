"""The page for leaders: the same figures as the map's, on one screen of a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.staff.desk import Desk


def test_three_indicators_are_read_on_one_screen_of_a_phone(desk: Callable[..., Desk]) -> None:
    leader = desk("reviewer", "phone")
    leader.go("/staff/progress")
    cards = leader.page.locator(".standings section")
    expect(cards).to_have_count(3)
    last = cards.nth(2).bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 844
    assert not leader.has_sideways_scroll()
    assert leader.barriers() == []
    asked = [int(card.get_attribute("data-indicator") or 0) for card in cards.all()]
    shown = {number: card.locator(".rate").inner_text() for number, card in zip(asked, cards.all(), strict=True)}
    assert set(shown) == {22, 23, 24}

    for number, rate in shown.items():
        leader.go(f"/staff/map?indicator={number}")
        province = leader.page.locator(".tiles > div.strong dd")
        expect(province).to_be_visible()
        assert province.inner_text().split("\n")[0].split(" (")[0].replace("\u00a0", " ") == rate.replace("\u00a0", " ")


def test_the_communes_furthest_behind_follow_the_indicator(desk: Callable[..., Desk]) -> None:
    leader = desk("reviewer")
    leader.go("/staff/progress")
    expect(leader.page.locator("ol.behind")).to_have_count(1)
    expect(leader.page.locator("ul.changed li")).to_have_count(3)
    assert leader.page.locator("ol.behind li").count() <= 10
    leader.page.get_by_role("button", name="24 Mô hình").or_(
        leader.page.get_by_role("radio", name="24 Mô hình")
    ).click()
    leader.settle()
    link = leader.page.get_by_role("link", name="Xem trên bản đồ")
    link.click()
    leader.settle()
    expect(leader.page).to_have_url(re.compile("indicator=24"))
