"""Live chat: whoever writes is in the queue of people at once, and nothing written is lost.

Clauses 1.3 and 6.2. Says chat.* on the stream of a conversation (chat.attending and chat.limit_set
on that of a member of staff, chat.tied and chat.untied on the case's too); hears nothing. What
nobody answers becomes a case by the clock: its time of receipt is the first message (X-09).
"""
