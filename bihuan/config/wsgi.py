"""Pages from several worker processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
application = get_wsgi_application()

# What is loaded now stays for good: the collector need not look at it again and again, and the
# first who asks need not wait for it. A tenth more filings a second (bihuan bench intake).
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
