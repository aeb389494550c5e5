"""What Granian serves."""

import multiprocessing
import os
import sys

from django.core.wsgi import get_wsgi_application

from firstvisit.config.processes import end_with_parent, measure_beside, warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstvisit.config.settings")

_head = multiprocessing.parent_process()
if _head is not None:  # one of Granian's workers: without its head nobody would ever stop it
    end_with_parent()
    if os.getppid() != _head.pid:
        sys.exit("the head of the web server has ended")

application = get_wsgi_application()
warm_up()
measure_beside()
