"""Telephone systems that are listened to, one file each."""


class Refused(OSError):
    """The telephone system does not let us in: user or password are wrong."""


class Lost(OSError):
    """The line is gone; its reason is one word."""
