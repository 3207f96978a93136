"""From the first visit to version 2 live, by clicks and keys, in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.newcomer import EMAIL, HELD, MINUTES, PASSWORD, Newcomer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journey")]
QUESTION = {"en": "Do you have a voucher code for me?", "zh-hans": "有没有优惠券可以用？"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_newcomer_goes_from_set_up_to_version_2_live(newcomer, tmp_path, language):
    one = newcomer(language)
    set_up(one)
    make_project(one)
    upload(one, tmp_path)
    label(one, 5)
    train(one)
    read_the_result(one)
    publish(one)
    first = one.asks(QUESTION[language])["model_version"]
    wrong = correct(one)
    answer_the_correction(one, wrong)
    train(one, "classical")
    release(one)
    assert one.asks(QUESTION[language])["model_version"] != first


def set_up(one: Newcomer) -> None:
    one.visitor.go("/")
    expect(one.page).to_have_url(f"{one.visitor.url}/set-up/")
    one.page.fill("#id_email", EMAIL)
    one.page.fill("#id_password", PASSWORD)
    one.main.locator("form button.btn-primary").click()
    expect(one.page).to_have_url(f"{one.visitor.url}/start/")


def make_project(one: Newcomer) -> None:
    one.link("Make a project").click()
    one.page.fill("#id_name", one.word("Mail"))
    names = one.page.locator("[name=label_name]")
    for number, name in enumerate(one.labels):
        if names.count() == number:
            one.button("Add a label").click()
        names.nth(number).fill(name)
    one.button("Make the project").click()
    expect(one.page.locator("nav.rail")).to_be_visible()


def upload(one: Newcomer, folder: Path) -> None:
    one.rail("Data").click()
    one.main.locator("a.btn-primary").first.click()
    one.page.set_input_files("#id_file", one.table(folder))
    one.button("Look at it").click()
    expect(one.page.locator("#id_text option:checked")).to_have_text("message")
    one.page.select_option("#id_label", label="kind")
    one.button("Look again").click()
    expect(one.page.locator("table .label-name").first).to_be_visible()
    one.main.locator("button[value=import]").click()
    one.expects("The file is in.")


def label(one: Newcomer, count: int) -> None:
    """With the keys 1 to 9."""
    one.rail("Label").click()
    one.sits_down()
    for _ in range(count):
        one.labels_what_they_were_on()


def train(one: Newcomer, method: str = "") -> None:
    """As the studio chooses, or with a method of one's own choice."""
    one.rail("Train").click()
    one.page.locator("input[name=effort][value=quick]").check()
    if method:
        one.main.locator("form summary").click()
        one.page.select_option("#id_method", method)
    one.button("Train").click()
    expect(one.page.locator(".verdict-line")).to_be_visible(timeout=MINUTES)


def read_the_result(one: Newcomer) -> None:
    """What the numbers mean, and the examples behind one of them."""
    expect(one.page.locator(".verdict-line strong")).to_be_visible()
    expect(one.page.locator(".heat")).to_be_visible()
    one.page.locator(".heat td a").first.click()
    expect(one.page.locator(".mistakes li").first).to_be_visible()
    one.page.go_back()


def publish(one: Newcomer) -> None:
    one.link("Publish").click()
    one.page.fill("#id_name", "Mail")
    one.button("Publish").click()
    one.key = one.page.locator("#fresh-key").inner_text()
    one.address = one.page.locator("#address").inner_text()
    expect(one.page.locator("#state .state-live")).to_be_visible(timeout=60_000)
    one.page.goto(one.page.url.replace("/publish/", "/"))
    assert one.key not in one.page.content()


def correct(one: Newcomer) -> tuple[str, str, str]:
    """At the playground: the model says one thing, the person another."""
    one.rail("Endpoint").click()
    text = QUESTION[one.language]
    one.page.fill("#try_text", text)
    one.button("Ask").click()
    said = one.page.locator(".answered strong").inner_text()
    right = next(name for name in one.labels if name != said)
    one.page.select_option("#right-label", label=right)
    one.button("Send feedback").click()
    one.expects("Thank you. It is at the front of the desk's queue now.")
    return text, said, right


def answer_the_correction(one: Newcomer, wrong: tuple[str, str, str]) -> None:
    """It comes before all others, with where it came from and what the model said."""
    text, said, right = wrong
    one.link("Open the desk").click()
    one.sits_down()
    for _ in HELD:
        if one.reads_example() != text:
            one.labels_what_they_were_on()
    expect(one.page.locator("[data-example]")).to_have_text(text)
    why = one.page.locator(".why")
    expect(why).to_contain_text(one.word("From feedback"))
    expect(why).to_contain_text(said)
    expect(why).to_contain_text(right)
    one.page.keyboard.press(str(1 + one.labels.index(right)))
    expect(one.page.locator("[data-example]")).not_to_have_text(text)


def release(one: Newcomer) -> None:
    """Version 2 beside version 1, and then in its place."""
    one.rail("Endpoint").click()
    one.link("See what changed").click()
    second = one.word("version %(number)s", number=2)
    expect(one.main.locator("table").first).to_contain_text(second)
    one.page.go_back()
    one.page.locator("#releases summary").click()
    one.button("Release").click()
    state = one.page.locator("#state")
    expect(state).to_contain_text(second)
    expect(state.locator(".state-live")).to_be_visible(timeout=60_000)
