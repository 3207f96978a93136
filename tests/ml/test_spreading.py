import numpy as np
import pytest

from ml import spreading


def clusters(count: int, of: int = 4) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    members = draw.integers(0, of, count)
    rows = draw.standard_normal((of, 384))[members] + 0.4 * draw.standard_normal((count, 384))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), members


@pytest.fixture(scope="module")
def small(request) -> pytest.MonkeyPatch:
    patch = pytest.MonkeyPatch()
    patch.setattr(spreading, "LANDMARKS", 150)
    patch.setattr(spreading, "STEPS", 250)
    request.addfinalizer(patch.undo)
    return patch


def test_what_is_near_stays_near(small):
    vectors, members = clusters(600)
    places, _ = spreading.spread(vectors)
    assert places.shape == (600, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    distances = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, 9)
    nearest = distances.argmin(axis=1)
    assert (members[nearest] == members).mean() > 0.97


def test_the_same_rows_give_the_same_map(small):
    vectors, _ = clusters(300)
    one, _ = spreading.spread(vectors)
    other, _ = spreading.spread(vectors)
    assert np.array_equal(one, other)


def test_later_rows_find_their_place_by_what_was_kept(small, tmp_path):
    vectors, members = clusters(500)
    places, landmarks = spreading.spread(vectors[:400])
    landmarks.save(tmp_path / "map.npz")
    kept = spreading.Landmarks.load(tmp_path / "map.npz")
    later = spreading.place(vectors[400:], kept)
    middles = np.stack([places[members[:400] == one].mean(axis=0) for one in range(4)])
    distances = ((later[:, None] - middles[None]) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == members[400:]).mean() > 0.97
    assert np.allclose(later[:10], spreading.place(vectors[400:410], kept), atol=1e-4)


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 6])
def test_few_rows_have_a_map_too(small, count):
    vectors, _ = clusters(count)
    places, _ = spreading.spread(vectors)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_rows_that_are_all_the_same_have_a_map_too(small):
    places, _ = spreading.spread(np.repeat(clusters(1)[0], 40, axis=0))
    assert np.isfinite(places).all()


def test_it_gives_way_between_blocks(small):
    calls = []
    spreading.spread(clusters(200)[0], meanwhile=lambda: calls.append(1))
    assert len(calls) >= 2
