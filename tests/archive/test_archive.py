"""A 案卷 proves itself: whole, signed, the same bytes twice, and not one byte can be changed unseen."""

import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, Role
from backend.__main__ import cli
from backend.archive import verifying
from backend.audit.chain import AuditAction
from backend.cases.case import EventFacts
from backend.cases.service import Command, FiledCase
from backend.db import rows
from tests.blobs.pictures import photo
from tests.blobs.test_over_http import paper, piece
from tests.pages.sample import Bench, accept, ask_for_more
from tests.support.township import Answer, Town
from tests.sync.conftest import one_time_code
from tests.sync.wire import enrol

FLIPS = 120
WITHDRAWN = Command(action=A.WITHDRAW, facts=EventFacts(reference="撤回申请书1号"))


async def closed(town: Town, code: str = "SD-003") -> FiledCase:
    bench = Bench(town.office, at=town.clock())
    item, case = await bench.file(code, "王小妹")
    await bench.move(item, case, (Role.WINDOW, accept(item)), (Role.WINDOW, WITHDRAWN))
    return case


async def asked(town: Town, number: str, *, who: str = "director", reason: str = "移交档案室") -> Answer:
    caller = await town.staff(who)
    return await caller.send("/staff/archive", {"number": number, "reason": reason})


async def test_a_case_with_photos_and_documents_becomes_one_file_that_proves_itself(
    town: Town, tmp_path: Path
) -> None:
    node = await enrol(town.client, await one_time_code(town))
    here, missing = photo(serial=20), photo(serial=21)
    filed = node.case(materials=(paper("contract", here, missing),))
    node.write(filed)
    assert (await node.push()).push.held == ()
    assert (await piece(node, here)).status == 204
    [row] = await rows("SELECT id, case_number, item_id FROM cases WHERE rid = ?", [filed.rid])
    bench = Bench(town.office, at=town.clock())
    item = town.office.catalogue.item_now(town.tenant_id, row["item_id"])
    case = FiledCase(row["id"], row["case_number"], "", CaseState.SUBMITTED, False)
    await bench.move(item, case, (Role.WINDOW, ask_for_more(item)), (Role.WINDOW, WITHDRAWN))

    made = await asked(town, row["case_number"].lower())
    assert made.status == 200, made.text
    assert made.headers["Content-Disposition"] == f'attachment; filename="{row["case_number"]}.zip"'
    assert (await asked(town, row["case_number"])).body == made.body

    file = tmp_path / "volume.zip"
    file.write_bytes(made.body)
    verdict = verifying.verify(file, key=town.office.archive.public_key)
    assert verdict.problems == []
    assert (verdict.number, verdict.events) == (row["case_number"], 3)
    with zipfile.ZipFile(file) as volume:
        names = volume.namelist()
        assert names[-2:] == ["manifest.json", "manifest.sig"]
        [picture] = [name for name in names if name.startswith("photos/")]
        assert volume.read(picture) == here
        index = volume.read("index.html").decode()
        assert "三政务告〔2026〕1号（有效）" in index
        assert "还没有传到镇里" in index
        assert "一次性告知" in volume.read("history.html").decode()
        assert [name for name in names if name.endswith(".pdf")] == [
            "documents/01-fix_notice.pdf",
            "documents/02-termination.pdf",
        ]
    entries = await town.office.audit.about(town.tenant_id, "case", row["id"])
    assert [(e.reason, e.facts["what"]) for e in entries if e.action is AuditAction.EXPORT] == [
        ("移交档案室", "archive")
    ] * 2


async def test_any_changed_byte_is_found_and_so_is_anything_added_or_left_out(
    town: Town, tmp_path: Path
) -> None:
    case = await closed(town)
    whole = (await asked(town, case.case_number)).body
    file = tmp_path / "volume.zip"
    random_places = random.Random(7).sample(range(len(whole)), FLIPS)
    for place in [*random_places, *range(len(whole) - 40, len(whole))]:
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 + place % 255
        file.write_bytes(spoilt)
        assert verifying.verify(file).problems, place
    for spoilt_file in (whole[:-1], whole + b"\0", b"\0" + whole, b""):
        file.write_bytes(spoilt_file)
        assert verifying.verify(file).problems
    file.write_bytes(whole)
    assert verifying.verify(file, key="ab" * 32).problems == ["不是这个中心签的：公钥不一样"]
    with zipfile.ZipFile(file, "a") as volume:
        volume.writestr("extra.txt", "多出来的")
    assert len(verifying.verify(file).problems) >= 1


async def test_a_forged_history_is_found_even_when_the_list_was_signed_again(
    town: Town, tmp_path: Path
) -> None:
    case = await closed(town)
    honest = tmp_path / "honest.zip"
    honest.write_bytes((await asked(town, case.case_number)).body)
    forged, key = tmp_path / "forged.zip", Ed25519PrivateKey.generate()
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(forged, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for entry in manifest["files"]:
            data = old.read(entry["path"])
            if entry["path"] == "history.json":
                data = data.replace("撤回申请书1号".encode(), "撤回申请书9号".encode())
            entry["sha256"], entry["size"] = verifying.add(new, entry["path"], [data])
        manifest["key"] = key.public_key().public_bytes_raw().hex()
        raw = json.dumps(manifest).encode()
        verifying.add(new, "manifest.json", [raw])
        verifying.add(new, "manifest.sig", [key.sign(verifying.PURPOSE + raw).hex().encode()])
    assert verifying.verify(forged).problems == ["办理经过第 3 步接不上，被改动过"]
    assert verifying.verify(honest).problems == []


async def test_only_those_who_may_get_one_and_only_of_what_is_closed(town: Town) -> None:
    case = await closed(town)
    bench = Bench(town.office, at=town.clock())
    _, running = await bench.file("SD-003", "李国强")
    assert (await asked(town, running.case_number)).status == 409
    assert (await asked(town, case.case_number, reason="")).status == 422
    assert (await asked(town, "SD-260410-9999-X")).status == 422
    assert (await asked(town, case.case_number, who="social")).status == 403
    assert (await asked(town, case.case_number, who="land-leader")).status == 403
    for who in ("auditor", "centre", "social-leader"):
        assert (await asked(town, case.case_number, who=who)).status == 200
    secret = next(
        each.code
        for each in town.office.catalogue.shelf(town.tenant_id).pack.items
        if each.confidential and each.kind.value != "proxy"
    )
    hidden = await closed(town, secret)
    assert (await asked(town, hidden.case_number)).status == 403
    assert (await asked(town, hidden.case_number, who="justice-leader")).status == 200
    page = await (await town.staff("director")).page(f"/staff/cases/{case.case_id}")
    assert f"/staff/archive?number={case.case_number}" in page.text


async def test_the_verifier_runs_alone(town: Town, tmp_path: Path) -> None:
    case = await closed(town)
    file = tmp_path / "volume.zip"
    file.write_bytes((await asked(town, case.case_number)).body)
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(verifying.__file__, alone / "verifying.py")
    good = run("-I", "verifying.py", str(file), folder=alone)
    assert good.returncode == 0
    assert f"案卷 {case.case_number} 完整，没有改动" in good.stdout.decode()
    file.write_bytes(file.read_bytes()[:-1])
    bad = CliRunner().invoke(cli, ["archive", "verify", str(file)])
    assert bad.exit_code == 1
    assert "案卷有问题" in bad.output


def run(*asked: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *asked], cwd=folder, capture_output=True, check=False)


def test_whatever_shape_a_file_has_it_gets_a_verdict(tmp_path: Path) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    shapes = [deep, b"[]", b"null", b'{"case_number": 1, "key": [], "format": {}}', b'{"case_number": "x"}']
    file = tmp_path / "odd.zip"
    for manifest in shapes:
        with zipfile.ZipFile(file, "w") as odd:
            verifying.add(odd, "manifest.json", [manifest])
        assert verifying.verify(file).problems == [verifying.NOT_ONE]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("manifest.json", b" " * (1 << 20))
    assert verifying.verify(file).problems == [verifying.NOT_ONE]
    with zipfile.ZipFile(file, "w") as locked:
        verifying.add(locked, "manifest.json", [b"{}"])
    locked_bytes = bytearray(file.read_bytes())
    locked_bytes[locked_bytes.rindex(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(locked_bytes)
    assert verifying.verify(file).problems == [verifying.NOT_ONE]
