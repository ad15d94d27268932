"""How the house gets better: the committee of 1.1 with its decisions, and feedback by its weight.

Clauses 1.1 and 7.2. Says seat.*, meeting.* and decision.* on the stream of a seat, a meeting or a
decision, and feedback.triaged on the case's stream; hears nothing.
"""
