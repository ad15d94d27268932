"""Who is who (1.2 ①): persons and their keys, staff, departments, merchants, codes and tokens.

Says staff.created, staff.link_given, token.created, token.revoked, person.registered,
person.revealed; hears none.
"""
