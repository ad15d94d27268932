"""The cases as JSON: the same commands as the pages, one door further (CONTRACT)."""

from bihuan.cases.api.arriving import router as uploads
from bihuan.cases.api.filing import CaseIn, file
from bihuan.cases.api.ordering import router as ordering
from bihuan.cases.api.routes import router

__all__ = ["CaseIn", "file", "ordering", "router", "uploads"]
