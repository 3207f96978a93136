"""Every string on a page has its Chinese; none is fuzzy, none is left over."""

import json
import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation import override

from studio import naming

ROOT = Path(__file__).resolve().parent.parent
IN_TEMPLATES = re.compile(r'{% translate "([^"]+)" %}')
IN_CONTEXT = re.compile(r'{% translate "([^"]+)" context "([^"]+)" %}')
IN_BLOCKS = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)
IN_PYTHON = re.compile(r'\b_\(\s*"([^"]+)"\s*\)')
# Said by a library whose own catalogue lags behind its words.
BORROWED = {
    "This password is too short. It must contain at least %d character.",
    # The administrators' pages: Unfold brings no catalogue.
    "Search apps and models...",
    "Filter navigation items",
    "Light",
    "Dark",
    "System",
    "Apply Filters",
    "Reset filters",
    "No results found",
    "This page yielded into no results. Create a new item or reset your filters.",
    "Type to search",
    "Return to site",
    "Toggle password visibility",
    "True",
    "False",
    "General",
    "Go back",
    "Previous",
    "Next",
    "No results matching your query",
    "Select all rows",
    "All applications",
    "More actions",
    "You have been successfully logged out from the administration",
    "After you've created a user, you\u2019ll be able to edit more user options.",
}
PAGES = ("accounts", "projects", "labeling", "training", "serving", "studio", "samples")


def said() -> set[str]:
    found: set[str] = set()
    for page in (ROOT / "templates").rglob("*.[ht][tx]*"):  # pages, and mails
        text = page.read_text()
        found |= set(IN_TEMPLATES.findall(text))
        found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in IN_BLOCKS.findall(text)}
    for room in PAGES:
        for source in (ROOT / room).rglob("*.py"):
            found |= set(IN_PYTHON.findall(source.read_text()))
    return found | naming.NAMES


def catalogue():
    with (ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    return {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in found}


def strings(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_string_is_translated_and_none_is_left_over():
    known = catalogue()
    assert said() - set(known) == set()
    assert set(known) - said() - BORROWED == set()
    assert BORROWED - set(known) == set()
    assert [m.id for m in known.values() if not all(strings(m)) or m.fuzzy] == []


def test_a_page_speaks_the_readers_language(client, db):
    page = client.get("/set-up/", HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9")
    assert "创建管理员" in page.content.decode()
    assert 'lang="zh-hans"' in page.content.decode()


def test_a_refused_password_is_refused_in_the_readers_language(client, db):
    said = {"email": "a@example.org", "password": "123"}
    page = client.post("/set-up/", said, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "密码太短，至少需要 8 个字符。" in page
    assert "This password" not in page


def test_the_api_names_roles_the_same_in_every_language(project, owner, speak):
    with override("zh-hans"):
        me = speak(owner).get("/api/v1/me/", HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    assert me["projects"][0]["role"] == "owner"


def test_every_string_of_the_browsers_modules_is_translated():
    spoken = set()
    for module in (ROOT / "static" / "js").glob("*.js"):
        spoken |= set(re.findall(r'gettext\("([^"]+)"\)', module.read_text()))
    with (ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "djangojs.po").open("rb") as file:
        known = {message.id: message for message in read_po(file) if message.id}
    assert set(known) == spoken
    assert [m.id for m in known.values() if not m.string or m.fuzzy] == []


def test_the_browser_gets_its_words_in_the_readers_language(client, db):
    words = client.get("/words/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert json.dumps("已复制") in words


def test_words_that_mean_two_things_are_translated_as_each():
    wanted = set()
    for page in (ROOT / "templates").rglob("*.html"):
        wanted |= set(IN_CONTEXT.findall(page.read_text()))
    with (ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = {(message.id, message.context) for message in read_po(file) if message.context}
    assert known == wanted
