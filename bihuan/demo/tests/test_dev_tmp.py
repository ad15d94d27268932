import os, time
from collections import Counter
from datetime import UTC, datetime
def test_dev(fresh_db):
    from bihuan.demo import load as L, stage as S, cast as K
    from bihuan.events import relay
    from bihuan.notify import tasks as nt
    from bihuan.cases import tasks as ct
    spent=Counter(); wall=Counter(); calls=Counter()
    def timed(owner,name):
        f=getattr(owner,name)
        def g(*a,**k):
            t=time.process_time(); w=time.perf_counter()
            try: return f(*a,**k)
            finally: spent[name]+=time.process_time()-t; wall[name]+=time.perf_counter()-w; calls[name]+=1
        setattr(owner,name,g)
    for o,n in [(S.Stage,"_file"),(S.Stage,"_take"),(relay,"drain"),(nt,"send_inbox"),(nt,"send_email"),(ct,"sweep"),(ct,"tend"),(L,"assemble"),(L,"plans"),(S.Stage,"_answer_for_breaches"),(S,"order_of")]: timed(o,n)
    n=int(os.environ.get("TESTING_N","60")); t=time.perf_counter(); c=time.process_time()
    L.load(cases=n, at=datetime(2026,11,24,9,36,tzinfo=UTC))
    print("wall",time.perf_counter()-t,"cpu",time.process_time()-c, os.getloadavg())
    for k in wall: print(f"{k:20} {calls[k]:6} cpu {spent[k]:.2f} wall {wall[k]:.2f}")
    from bihuan.cases.models import Case
    from bihuan.events.models import DeadLetter, Event
    from bihuan.notify.models import Message
    print(Counter(Case.objects.values_list("state",flat=True)), Event.objects.count(), Counter(Message.objects.values_list("state","channel")), list(DeadLetter.objects.values_list("error")[:5]))
