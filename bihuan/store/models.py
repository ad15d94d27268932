"""The one table of this floor: what a database says of itself (store.marks)."""

from __future__ import annotations

from django.db import models


class Mark(models.Model):
    """One word under its name."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.TextField()
