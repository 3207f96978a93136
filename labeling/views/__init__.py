"""Pages of labelling: the desk, and the review of what does not agree."""

from labeling.views import desk as desk
from labeling.views import review as review
