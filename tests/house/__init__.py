"""The rules of the house: each is checked here, or it is no rule."""
