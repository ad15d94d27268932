"""How people are told, against a real database and a real mail server that misbehaves on order."""
