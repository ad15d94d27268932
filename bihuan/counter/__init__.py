"""People who come in person: service points, appointments, the queue, slips, notice by counter.

Clauses 1.3, 2.4.1 and 6.4. Says counter.* on the stream of a point, an appointment or a visit, and
on the case's for what was registered or told; hears case.result_notified. Whoever takes a number
has reached the platform: a case registered at the window counts from there (X-09).
"""
