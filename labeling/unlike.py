"""Where nothing is learned while people label: the window in the order of how unlike it is."""

from labeling import windows
from labeling.taught import RANKED, Taught
from ml import choosing
from ml.choosing import Chosen
from projects.models import Project


def learn(project: Project, known: windows.Shown) -> Taught:
    return Taught(known.answers, {"answers": len(known.answers)})


def order(
    project: Project, taught: Taught, shown: windows.Shown, known: windows.Shown, seed: int
) -> list[Chosen]:
    """Unlike all that was labelled, and unlike each other."""
    return choosing.unlike(shown.vectors, known.vectors, most=RANKED, seed=seed)
