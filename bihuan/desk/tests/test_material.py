"""Material that the desk adds to a case: words, photos, or both (2.2.1)."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bihuan.cases.models import Entry, File
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.acts import do
from bihuan.desk.tests.conftest import RECENTLY, desk_of
from bihuan.portal.tests.doors import photo
from bihuan.store import blobs


def test_a_photo_and_its_words_stand_on_the_timeline_and_among_the_files(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)

    response = do(bo_bo, case, "add_material", text="仓库拍的照片。", file_ids=photo("仓库.jpg"))

    assert response.status_code == 302
    kept = File.objects.get(case_id=case.id)
    story = bo_bo.get(case.desk_url).content.decode()
    assert "仓库拍的照片。" in story
    assert f"/f/{kept.token}" in bo_bo.get(f"{case.desk_url}?tab=files").content.decode()


def test_the_desk_shows_the_small_picture_and_links_the_whole_one(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    do(bo_bo, case, "add_material", text="仓库拍的照片。", file_ids=photo("仓库.jpg"))
    kept = File.objects.get(case_id=case.id)

    for place in (case.desk_url, f"{case.desk_url}?tab=files"):
        page = bo_bo.get(place).content.decode()
        (small,) = re.findall(rf'<img[^>]* src="(/f/{kept.token}[^"]*)"', page)
        picture = bo_bo.get(small).getvalue()  # read to its end, which closes the file
        with blobs.open_blob(kept.thumb) as thumb, blobs.open_blob(kept.blob) as whole:
            assert (picture == thumb.read(), picture == whole.read()) == (True, False), place
        assert f'href="/f/{kept.token}"' in page


def test_several_files_of_one_form_are_one_event(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    do(bo_bo, case, "add_material", file_ids=[photo("一.jpg"), photo("二.jpg")])

    assert File.objects.filter(case_id=case.id).count() == 2
    log = bo_bo.get(f"{case.desk_url}?tab=log").content.decode()
    assert log.count("已补充材料") == 1


def test_nothing_at_all_is_refused_at_its_field(house: House, bo_bo: Client):
    response = do(bo_bo, file(house, RECENTLY), "add_material")

    page = response.content.decode()
    assert response.status_code == 422
    assert "请填写这一项" in page[page.index("card retry") :]


def test_a_file_that_is_something_else_is_refused_in_words(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    program = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" * 400, "image/jpeg")

    response = do(bo_bo, case, "add_material", text="看看这个", file_ids=program)

    assert response.status_code == 422
    page = response.content.decode()
    form = page[page.index("card retry") :]
    assert "“照片.jpg”的格式不能接收" in form
    assert "看看这个</textarea>" in form  # the words wait for the file
    assert not File.objects.exists()
    assert not Entry.objects.filter(case_id=case.id, kind="material").exists()


def test_words_go_with_the_good_files_once_and_the_others_are_asked_for_again(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    program = SimpleUploadedFile("假.jpg", b"MZ\x90\x00" * 400, "image/jpeg")

    partly = do(bo_bo, case, "add_material", text="看看这个", file_ids=[photo("真.jpg"), program])
    page = partly.content.decode()
    form = page[page.index("card retry") :]
    after = do(bo_bo, case, "add_material", file_ids=photo("又一张.jpg"))

    assert partly.status_code == 422
    assert "已收到 1 个文件" in form
    assert "“假.jpg”的格式不能接收" in form
    assert "看看这个</textarea>" not in form
    assert after.status_code == 302
    assert File.objects.filter(case_id=case.id).count() == 2
    assert bo_bo.get(case.desk_url).content.decode().count("看看这个") == 1


def test_another_department_has_no_button_for_it_and_is_refused(house: House):
    case = file(house, RECENTLY)
    legal = desk_of(house.other_agent)

    page = legal.get(f"{case.desk_url}?tab=files").content.decode()
    response = do(legal, case, "add_material", file_ids=photo())

    assert not re.search(r"do/add_material|do-add_material", page)
    assert response.status_code == 403
    assert not File.objects.exists()
