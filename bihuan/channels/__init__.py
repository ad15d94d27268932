"""The ways to reach the house, together: which live, when they are open, what they are worth (6.4).

Each channel says itself how it stands (`core/ports.py`, `wiring.CHANNELS`). This room watches them,
alarms staff when one falls silent and says when it is back; it keeps the contact data that the
house publishes (1.3), planned outages, and what people said of the cases that came each way.
Says channel.*; hears case.rated.
"""
