"""Doors of the channels: the entry for people, the widget, and the desk."""
