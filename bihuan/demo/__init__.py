"""The believable demo: ninety days of a platform's cases, made from a seed by the real commands."""
