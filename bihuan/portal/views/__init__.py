"""The customer's pages: each turns a request into one command or query, and shows the answer."""
