"""Tests of the room of calls."""
