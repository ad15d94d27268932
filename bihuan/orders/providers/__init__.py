"""How the platform's order system is asked: the one signed request, and how its answer is read."""
