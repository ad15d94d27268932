"""Who is who (1.2 ①): persons and their keys, staff, departments, merchants, codes and tokens.

When staff work and for what (1.3): shifts, absences, skills, qualifications and what departments
demand. Says staff.created, staff.link_given, staff.shifts_set, staff.absent, staff.returned,
staff.qualified, staff.unqualified, staff.demands_set, token.created, token.revoked,
person.registered, person.revealed, identity.contact_proven, identity.declared,
identity.verified, identity.refused, identity.withdrawn, identity.lapsed; hears none.
"""
