"""What programs outside are told of cases: webhooks, signed, tried again, each try written down.

Standard Webhooks (https://www.standardwebhooks.com). Hears what happens to a case; says
webhook.created, webhook.changed, webhook.switched_on, webhook.switched_off, webhook.rotated and
webhook.deleted on the stream of the endpoint. Subscribers write Delivery rows only; a leased sweep
of its own sends them, outside any transaction.
"""
