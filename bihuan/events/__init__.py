"""The log: what happened, in chains that only grow, and who is told of it (2.2.4, 2.3.3).

Commands say what they did with `log.append`; the catalogue knows every kind. The outbox
(`relay`) hands events on to the subscribers of the switchboard (`delivery`), in order and once;
`worker` is the process in which that happens; `seals` proves that nothing was changed.
"""
