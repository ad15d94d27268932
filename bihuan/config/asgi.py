"""Pages and live streams from one asynchronous process."""

import os

from django.core.asgi import get_asgi_application

from bihuan.config.settled import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
application = get_asgi_application()
settle()
