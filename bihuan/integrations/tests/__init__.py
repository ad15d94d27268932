"""Webhooks against receivers on 127.0.0.1 that speak TLS and prove every signature themselves."""
