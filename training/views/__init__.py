"""The pages of the training room, one file a deed."""

from training.views import runs as runs
from training.views import snapshots as snapshots
