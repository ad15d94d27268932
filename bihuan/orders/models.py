"""The order a case is about, what is looked up for it, and the money asked back for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.orders.rules import LOOKUPS, REASONS, REFUNDS


class OrderCopy(models.Model):
    """Page, price and terms as shown at purchase (3.1), payment and parcel facts; money in fen.

    `items` are [{title, quantity, price_fen}]; `parcel` is [{at, code, text}], the oldest first.
    `checked_at`: when the order system last said how payment and parcel stand.
    """

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField()
    merchant_id = models.BigIntegerField()
    shop = models.CharField(max_length=100, blank=True)
    number = models.BinaryField()
    number_index = models.BinaryField(max_length=16)
    title = models.CharField(max_length=200)
    quantity = models.IntegerField(default=1)
    items = models.JSONField(default=list)
    paid_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(default=0)
    placed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    page = models.TextField()
    terms = models.TextField()
    payment = models.CharField(max_length=60, blank=True)
    payment_state = models.CharField(max_length=20, default="paid")
    parcel = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="order_paid_not_negative", condition=Q(paid_fen__gte=0)),
            models.CheckConstraint(name="order_quantity_positive", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="order_refunded_within_paid",
                condition=Q(refunded_fen__gte=0) & Q(refunded_fen__lte=F("paid_fen")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number_index"], name="order_by_number"),
            models.Index(fields=["person_id", "-placed_at"], name="order_by_person"),
        ]


class Lookup(models.Model):
    """An order number somebody typed for a case, to be looked up outside any transaction."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    number = models.BinaryField()
    state = models.CharField(max_length=12, default="waiting")
    asked_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id"], name="one_order_lookup_per_case"),
            models.CheckConstraint(name="lookup_state_known", condition=Q(state__in=LOOKUPS)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="lookup_due", condition=Q(next_at__isnull=False)),
        ]


class Refund(models.Model):
    """Money asked back for an order on a case (6.3); `key` makes two requests one.

    `said` is why the order system refused. Of answers that differ after the first final one, the
    last is kept in `contradicted_state` and changes nothing. `next_at`: when it is asked next.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    order = models.ForeignKey(OrderCopy, on_delete=models.PROTECT, db_constraint=False)
    key = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="asked")
    said = models.CharField(max_length=300, blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    contradicted_at = models.DateTimeField(null=True)
    contradicted_state = models.CharField(max_length=12, blank=True)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    silent_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_refund_per_key"),
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount_fen__gte=1)),
            models.CheckConstraint(name="refund_state_known", condition=Q(state__in=REFUNDS)),
            models.CheckConstraint(name="refund_reason_known", condition=Q(reason__in=REASONS)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="refunds_of_case"),
            models.Index(fields=["next_at"], name="refund_due", condition=Q(next_at__isnull=False)),
        ]

    @property
    def is_final(self) -> bool:
        """Whether no other answer moves it."""
        return self.ended_at is not None
