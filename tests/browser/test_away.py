"""Who was away for long finds the sign-in page, whole, and comes back to where they were."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


def test_a_page_whose_session_ended_goes_to_the_sign_in_page(studio, full_circle, visit):
    visitor = visit()
    visitor.go(full_circle.pages()["ring"])
    visitor.context.clear_cookies(name="sessionid")
    expect(visitor.page.locator("#id_login")).to_be_visible(timeout=20_000)
    assert visitor.page.locator("header.bar").count() == 1
    visitor.page.fill("#id_login", studio.email)
    visitor.page.fill("#id_password", studio.password)
    visitor.page.locator("main form button[type=submit]").first.click()
    expect(visitor.page).to_have_url(f"{studio.url}{full_circle.pages()['ring']}")
