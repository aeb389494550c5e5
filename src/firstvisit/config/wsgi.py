"""What Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from firstvisit.reference import preload

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstvisit.config.settings")
application = get_wsgi_application()
preload()  # the first request must not wait a quarter of a second for the list of ZIP codes
