"""Calls: what a telephone system says, who calls, what was said, whom to call back.

Clause 1.3. Says call.* on the stream of a call (call.extension_* on that of a member of staff);
hears nothing. A missed call becomes a case by the clock: its time of receipt is when it rang.
"""
