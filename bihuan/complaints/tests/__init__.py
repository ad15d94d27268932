"""A missed deadline has somebody who answers for it."""
