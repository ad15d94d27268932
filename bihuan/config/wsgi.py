"""Pages from several worker processes."""

import os

from django.core.wsgi import get_wsgi_application

from bihuan.config.settled import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
application = get_wsgi_application()
settle()
