"""Texts that mean nearly the same are found together; what is alone stays alone."""

import numpy as np

from ml import grouping


def around(centre, count, drawn, noise=0.15):
    made = centre + drawn.normal(0, noise, (count, len(centre)))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def test_groups_are_found_and_the_largest_comes_first():
    drawn = np.random.default_rng(0)
    axes = np.eye(64)
    loose, tight = around(axes[0], 30, drawn, 0.08), around(axes[1], 20, drawn, 0.02)
    alone = np.eye(64, dtype=np.float32)[10:20]
    vectors = np.concatenate([loose, tight, alone])
    found = grouping.groups(vectors)
    assert [set(one.members) for one in found] == [set(range(30)), set(range(30, 50))]
    near = vectors[found[0].members] @ vectors[found[0].members].mean(axis=0)
    assert (np.diff(near) <= 1e-5).all(), "the nearest to the centre first"


def test_few_texts_make_no_group():
    assert grouping.groups(np.eye(4, dtype=np.float32)) == []
    assert grouping.groups(np.empty((0, 8), dtype=np.float32)) == []
