"""Telling people what became of their case (2.4.1), by the way they chose, until it is told.

Hears case events, missed clocks and its own failures; says message.delivered and message.failed.
Subscribers write Message rows only; a leased sweep per channel hands them to a provider, outside
any transaction. Facts about a case come through `wiring.FACTS`: this room never looks up.
"""
