"""What a complaint asks of the house itself: a missed deadline has somebody who answers (2.3.3).

Hears clock.missed; says accountability.opened and accountability.signed on the case's stream.
"""
