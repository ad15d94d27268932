"""Appeals: a result is looked at anew by somebody who had nothing to do with it (3.2).

An appeal is a record of its own with grounds, evidence, level and outcome, and runs under the
clocks of a new complaint (X-41). Says appeal.* on the stream of its case; its outcome changes the
case by `case.overturned` alone. Hears what happens to the case meanwhile.
"""
