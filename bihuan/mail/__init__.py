"""邮件: what comes by e-mail is kept before it is read, and becomes a case or joins its own.

Clauses 1.2 ②, 1.3, 2.1.1. Says `mail.*`; hears nothing. One path for SMTP, LMTP, IMAP and a pipe.
"""
