"""The pure floor: standard library only, and nobody is asked the time."""
