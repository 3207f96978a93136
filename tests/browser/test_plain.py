"""The circle's forms without any JavaScript: slower, and nothing is missing."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.newcomer import Newcomer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


def test_the_circle_works_without_javascript(visit, tmp_path):
    one = Newcomer(visit(script=False))
    make_project(one)
    upload(one, tmp_path)
    label_and_undo(one)
    invite(one)
    train(one)
    publish(one)
    try_and_correct(one)
    train(one)
    release(one)
    change_settings(one)


def make_project(one: Newcomer) -> None:
    one.visitor.go("/start/")
    one.link("Make a project").click()
    one.page.fill("#id_name", "Plain mail")
    one.page.locator("details.more-labels summary").click()
    one.page.locator("[name=label_lines]").fill("\n".join(one.labels))
    one.button("Make the project").click()
    expect(one.page.locator("nav.rail")).to_be_visible()


def upload(one: Newcomer, folder: Path) -> None:
    one.rail("Data").click()
    one.main.locator("a.btn-primary").first.click()
    one.page.set_input_files("#id_file", one.table(folder))
    one.button("Look at it").click()
    until(one, "#id_label")
    one.page.select_option("#id_label", label="kind")
    one.button("Look again").click()
    until(one, "button[value=import]")
    one.main.locator("button[value=import]").click()
    until(one, "dl.figure-list:not(.panel)")
    one.expects("The file is in.")


def label_and_undo(one: Newcomer) -> None:
    one.rail("Label").click()
    one.button("Start labelling").click()
    text = one.reads_example()
    one.main.locator(f".choice-button[value={one.truth[text]}]").click()
    expect(one.page.locator("[data-example]")).not_to_have_text(text)
    one.main.locator(".desk-sitting button").click()
    expect(one.page.locator("[data-example]")).to_have_text(text)
    one.main.locator(f".choice-button[value={one.truth[text]}]").click()
    text = one.reads_example()
    one.main.locator(".desk-acts button").first.click()
    expect(one.page.locator("[data-example]")).not_to_have_text(text)


def invite(one: Newcomer) -> None:
    one.rail("People").click()
    email = f"guest-{time.time_ns()}@example.org"
    one.page.fill("#id_email", email)
    one.button("Invite").click()
    expect(one.page.locator("#invitation-link")).to_be_visible()
    expect(one.main).to_contain_text(email)


def train(one: Newcomer) -> None:
    one.rail("Train").click()
    one.page.locator("input[name=effort][value=quick]").check()
    one.main.locator("form summary").click()
    one.page.select_option("#id_method", "classical")
    one.button("Train").click()
    until(one, ".verdict-line", seconds=150)


def publish(one: Newcomer) -> None:
    one.link("Publish").click()
    one.page.fill("#id_name", f"Plain {time.time_ns()}")
    one.button("Publish").click()
    one.key = one.page.locator("#fresh-key").inner_text()
    one.address = one.page.locator("#address").inner_text()
    one.rail("Endpoint").click()
    until(one, "#state .state-live", seconds=60)
    assert one.asks("Where is my parcel?")["predictions"][0]["answer"]["label"] in one.labels


def try_and_correct(one: Newcomer) -> None:
    one.page.fill("#try_text", "My parcel is late, and I want my money back.")
    one.button("Ask").click()
    said = one.page.locator(".answered strong").inner_text()
    right = next(name for name in one.labels if name != said)
    one.page.select_option("#right-label", label=right)
    one.button("Send feedback").click()
    one.expects("Thank you. It is at the front of the desk's queue now.")


def release(one: Newcomer) -> None:
    one.link("Release").click()
    one.button("Release").click()
    expect(one.page.locator("#state")).to_contain_text(one.word("version %(number)s", number=2))
    until(one, "#state .state-live")


def change_settings(one: Newcomer) -> None:
    one.rail("Settings").click()
    one.page.fill("#id_guidelines", "Refund: money has to go back.")
    one.button("Save").click()
    expect(one.page.locator("#id_guidelines")).to_have_value("Refund: money has to go back.")


def until(one: Newcomer, wanted: str, seconds: float = 60) -> None:
    """Look again and again, as a person does whose page does not move by itself."""
    end = time.monotonic() + seconds
    while not one.page.locator(wanted).first.is_visible():
        assert time.monotonic() < end, f"no {wanted} after {seconds} s"
        time.sleep(1)
        one.page.reload()
