"""Pages of labelling: the desk, the review, and what a team sees of its work."""

from labeling.views import agreement as agreement
from labeling.views import bulk as bulk
from labeling.views import checks as checks
from labeling.views import desk as desk
from labeling.views import drawer as drawer
from labeling.views import guidelines as guidelines
from labeling.views import history as history
from labeling.views import notices as notices
from labeling.views import review as review
from labeling.views import rules as rules
from labeling.views import team as team
from labeling.views import turns as turns
