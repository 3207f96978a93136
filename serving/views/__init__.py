"""Pages of endpoints: publish, try, watch, release, roll back."""

from serving.views import endpoint as endpoint
from serving.views import keys as keys
from serving.views import publish as publish
from serving.views import releases as releases
from serving.views import trying as trying
