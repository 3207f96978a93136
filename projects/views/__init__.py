"""The pages of the data room, one file a deed."""

from projects.views import acts as acts
from projects.views import examples as examples
from projects.views import exports as exports
from projects.views import health as health
from projects.views import invitations as invitations
from projects.views import people as people
from projects.views import plots as plots
from projects.views import profile as profile
from projects.views import projects as projects
from projects.views import saving as saving
from projects.views import uploads as uploads
