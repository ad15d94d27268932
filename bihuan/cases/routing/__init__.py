"""Routing rules of the platform's owner over the routes of the handbook (2.2.2, X-30); pure."""
