"""What the pages of the documentation name is there, and what is there is named."""

import re
from pathlib import Path

import pytest
from drf_spectacular.generators import SchemaGenerator

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_api_page_names_what_every_address_ends_with(schema):
    page = (ROOT / "docs" / "api.md").read_text()
    skipped = {"{id}", "v1", "api", "schema"}
    for address in schema["paths"]:
        for word in address.strip("/").split("/"):
            if not word.startswith("{") and word not in skipped:
                assert f"{word}" in page, f"docs/api.md does not name {address}"


def test_every_operation_says_how_it_answers_mistakes(schema):
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "404"} <= set(operation["responses"]), (address, method)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_functions_and_files_that_a_page_names_exist(page):
    sources = {path: path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    whole = "\n".join(sources.values())
    for room, rest in re.findall(rf"`({'|'.join(ROOMS)})[./]([\w./]+)", page.read_text()):
        last = re.split(r"[./]", rest.removesuffix(".py").rstrip("/"))[-1]
        found = f"def {last}(" in whole or f"class {last}" in whole
        assert found or any(last in path.parts or path.stem == last for path in sources), (
            f"{page.name} names {room}.{rest}"
        )


def test_the_settings_page_names_every_variable_that_is_read():
    page = (ROOT / "docs" / "operating.md").read_text()
    told = (ROOT / "studio" / "settings.py").read_text() + (ROOT / "studio" / "home.py").read_text()
    inner = {"DATABASE_POOL", "XDG_RUNTIME_DIR", "DJANGO_SETTINGS_MODULE"}
    for name in re.findall(r'(?:environ\.get\(|environ\[|_listed\()"([A-Z_]+)"', told):
        assert name in page or name in inner, f"docs/operating.md does not name {name}"


ROOMS = ("studio", "accounts", "projects", "labeling", "training", "serving", "ml")
