"""The network goes and comes back: answers keep their order, none is lost, none is called saved."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import desk
from tests.cast import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("desk")]
LABELS = ("refund", "delivery", "spam")


@pytest.fixture(scope="module")
def texts(studio):
    rows = [{"text": f"Letter {number} of them"} for number in range(24)]
    return desk.project(studio, "text-classification", rows, LABELS)


@pytest.fixture
def one(visit, texts):
    return desk.Desk(visit(), texts).sit_down()


def answered(project):
    path = f"/api/v1/projects/{project.pk}/examples/"
    rows = project.owner.all(path, status="labeled")
    return {row["data"]["text"]: row["gold"]["label"] for row in rows}


def test_offline_and_back_keeps_the_order_and_loses_nothing(one):
    before = len(answered(one.project))
    one.page.context.set_offline(True)
    said = {one.gives("r"): "refund"}
    expect(one.line).to_contain_text("Kept here")
    said |= {one.gives("d"): "delivery"}
    expect(one.line).to_contain_text("2")
    expect(one.line).not_to_contain_text("Saved")
    assert len(answered(one.project)) == before
    sent = []
    one.page.on("request", lambda each: sent.append(each.post_data or ""))
    one.page.context.set_offline(False)
    expect(one.line).to_contain_text("The network is back", timeout=20_000)
    assert answered(one.project).items() >= said.items()
    labels = [re.findall("refund|delivery", each)[0] for each in sent if 'name="label"' in each]
    assert labels[-2:] == ["refund", "delivery"]
    one.visitor.complaints.clear()  # a browser says so of each request that did not leave


def test_what_waits_survives_a_reload(one):
    one.page.route("**/answer/", lambda route: route.abort())
    text = one.gives("p")
    expect(one.line).to_contain_text("Kept here")
    one.page.unroute("**/answer/")
    one.page.reload()
    expect(one.example).not_to_have_text(text)
    eventually(lambda: answered(one.project).get(text) == "spam")
    one.visitor.complaints.clear()


def test_the_page_says_that_it_has_what_was_handed_out_until_that_arrives(one):
    one.page.clock.install()
    one.sit_down()
    said = []
    one.page.on("request", lambda each: said.append(each.url) if "/renew/" in each.url else None)
    one.page.clock.fast_forward(30_000)
    one.gives("r")
    expect(one.line).to_contain_text("Saved")
    one.page.clock.fast_forward(31_000)
    assert not said, "a minute after the last word, and the answer was one"
    one.page.route("**/renew/", lambda route: route.abort(), times=1)
    with one.page.expect_event("requestfailed", lambda each: "/renew/" in each.url):
        one.page.clock.fast_forward(30_000)
    with one.page.expect_response(re.compile("/desk/[^/]+/renew/")) as kept:
        one.page.clock.fast_forward(5_000)
    assert kept.value.status == 204
    assert len(said) == 2
    one.visitor.complaints.clear()


def test_after_a_break_nothing_is_asked_twice(visit, studio):
    """Both leases are over. With the first answer the studio gives anew what is on the screen."""
    notes = desk.project(studio, "text-classification", [{"text": "One"}, {"text": "Two"}], LABELS)
    one = desk.Desk(visit(), notes).sit_down()
    one.page.route("**/answer/", lambda route: route.abort())
    panel = one.page.locator("#panel")
    leases = [panel.get_attribute("data-assignment")]
    one.gives("r")
    expect(one.line).to_contain_text("Kept here")
    leases.append(panel.get_attribute("data-assignment"))
    for lease in leases:
        notes.owner.post(f"/api/v1/assignments/{lease}/return/")
    one.page.unroute("**/answer/")
    expect(one.line).to_contain_text("The network is back", timeout=20_000)
    one.gives("d")
    expect(panel).to_contain_text("Nothing is left for you")
    assert sorted(answered(notes).values()) == ["delivery", "refund"]
    one.visitor.complaints.clear()


def test_undo_while_away_brings_the_example_back(one):
    one.page.route("**/answer/", lambda route: route.abort())
    text = one.gives("r")
    expect(one.line).to_contain_text("Kept here")
    one.press("Backspace")
    expect(one.example).to_have_text(text)
    one.page.unroute("**/answer/")
    one.gives("d")
    eventually(lambda: answered(one.project).get(text) == "delivery")
    one.visitor.complaints.clear()


@pytest.mark.parametrize("then", [("d",), ("s", "Enter")])
def test_undo_while_away_of_what_had_arrived_counts_too(one, then):
    """The answer is kept, and its echo is lost: the person cannot know."""

    def lost(route):
        route.fetch()
        route.abort()

    one.page.route("**/answer/", lost)
    text = one.gives("r")
    expect(one.line).to_contain_text("Kept here")
    assert answered(one.project)[text] == "refund"
    one.press("Backspace")
    expect(one.example).to_have_text(text)
    one.page.unroute("**/answer/")
    one.gives(*then)
    expect(one.line).to_contain_text("Everything is saved")
    assert answered(one.project).get(text) == ("delivery" if then == ("d",) else None)
    one.visitor.complaints.clear()


def test_the_first_example_comes_when_the_network_is_back(visit, studio):
    fresh = desk.project(studio, "text-classification", [{"text": "The only letter"}], LABELS)
    one = desk.Desk(visit(), fresh)
    one.page.route("**/next/", lambda route: route.abort())
    one.visitor.go(fresh.path)
    expect(one.line).to_contain_text("comes when the network is back")
    one.page.unroute("**/next/")
    one.page.evaluate("dispatchEvent(new Event('online'))")
    expect(one.example).to_have_text("The only letter")
    one.visitor.complaints.clear()


def test_what_is_refused_comes_back_with_why_and_what_was_said(one):
    refusal = '<div data-turn data-current="" data-after=""><p data-said>Not so.</p></div>'
    one.page.route("**/answer/", lambda route: route.fulfill(status=422, body=refusal))
    text = one.reads()
    one.press("r")
    expect(one.page.locator("[data-refusal]")).to_contain_text("Not so.")
    expect(one.example).to_have_text(text)
    one.page.unroute("**/answer/")
    one.page.route("**/answer/", lambda route: route.fulfill(status=409, body=refusal))
    one.press("d")
    expect(one.page.locator("[data-refusal]")).to_contain_text("delivery")
    expect(one.page.locator("#panel")).to_contain_text(text)
    one.page.unroute("**/answer/")
    one.press("Enter")
    expect(one.example).not_to_have_text(text)
    one.visitor.complaints.clear()


def test_signed_out_keeps_the_answer_and_sends_it_after_signing_in(one, studio):
    one.page.context.clear_cookies(name="sessionid")
    text = one.gives("r")
    expect(one.line).to_contain_text("signed out")
    assert text not in answered(one.project)
    one.line.get_by_role("link").click()
    one.page.fill("#id_login", studio.email)
    one.page.fill("#id_password", studio.password)
    one.page.locator("main form button[type=submit]").first.click()
    expect(one.example).not_to_have_text(text)
    eventually(lambda: answered(one.project).get(text) == "refund")


def test_the_next_example_is_on_the_screen_before_the_network_answers(one):
    on_their_way = []
    one.page.route("**/answer/", lambda route: on_their_way.append(route))
    text = one.gives("r")
    eventually(lambda: one.page.wait_for_timeout(50) or on_their_way)
    expect(one.example).not_to_have_text(text)
    assert text not in answered(one.project)
    on_their_way.pop().continue_()
    one.page.unroute("**/answer/")
    eventually(lambda: answered(one.project).get(text) == "refund")
