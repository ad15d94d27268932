"""The ways out of the house, one file each; what the port leaves open stands here."""


class NoAnswer(OSError):
    """The provider itself cannot be reached: the rest of the batch would fare no better."""


class ReplyLost(NoAnswer):
    """The message was handed over whole, but no answer came: it may or may not have arrived.

    An OSError, so it is sent again, under the same Message-ID; what fails later is then
    `unknown`, never `dead`.
    """
