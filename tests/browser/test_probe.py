import pytest
from tests.browser.conftest import *
pytestmark = pytest.mark.browser
def test_probe(house_up, door):
    p = door(phone=True); sign_in_as_ai_li(p, house_up)
    print(p.inner_text("main"))
    d = door(); sign_in_at_the_desk(d); print(d.inner_text("main"))
