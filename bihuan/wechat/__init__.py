"""The WeChat official account: what people write there, and which account of ours is theirs.

Clauses 1.3, 2.1.1, 6.4. Says nothing of its own: a message becomes a case or joins one (case.*),
a binding is the person's (person.wechat_bound); hears nothing.
"""
