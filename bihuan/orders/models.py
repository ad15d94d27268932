"""The order a case is about, as it was shown at purchase."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class OrderCopy(models.Model):
    """Page, price and terms as shown at purchase (3.1), payment and parcel facts; money in fen."""

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField()
    merchant_id = models.BigIntegerField()
    number = models.BinaryField()
    number_index = models.BinaryField(max_length=16)
    title = models.CharField(max_length=200)
    quantity = models.IntegerField(default=1)
    paid_fen = models.BigIntegerField()
    placed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    page = models.TextField()
    terms = models.TextField()
    payment = models.CharField(max_length=60, blank=True)
    parcel = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="order_paid_not_negative", condition=Q(paid_fen__gte=0)),
            models.CheckConstraint(name="order_quantity_positive", condition=Q(quantity__gte=1)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number_index"], name="order_by_number"),
            models.Index(fields=["person_id", "-placed_at"], name="order_by_person"),
        ]
