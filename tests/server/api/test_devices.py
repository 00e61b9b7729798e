"""A laptop is enrolled by a code, signs in by its key, and is turned away in words."""

from __future__ import annotations

import base64
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefield.records.headquarters import (
    Credential,
    DeviceSecret,
    EnrolmentCode,
    ServerAudit,
    Token,
)
from casefield.records.organisation import Device
from casefield.server import auth
from casefield.sync.messages import OLDEST, PROTOCOL, HelloReply
from tests.server.office import Laptop, Office, refusal

PASSWORD = "a long enough password"


@pytest.fixture
def ana(office: Office) -> Laptop:
    return office.laptop("ana")


def audited(office: Office, act: str) -> list[str]:
    """Return the outcomes of an act, in order."""
    rows = sorted(office.rows(ServerAudit, act=act), key=lambda row: row.n)
    return [row.outcome for row in rows]


# -- hello ------------------------------------------------------------------------------------


def test_hello_says_who_answers(office: Office) -> None:
    response = office.post("/v1/hello", {"proto": [1, 1], "app": "0.1.0"})
    told = msgspec.json.decode(response.content, type=HelloReply)
    assert (told.product, told.proto) == ("casefield", PROTOCOL)
    assert told.time == office.clock.now().isoformat()
    assert told.epoch


def test_a_casefield_of_any_age_learns_which_protocols_are_served(office: Office) -> None:
    response = office.post("/v1/hello", {"proto": [-3, -3], "app": "0.0.1"})
    told = msgspec.json.decode(response.content, type=HelloReply)
    assert (told.oldest, told.proto) == (OLDEST, PROTOCOL)


def test_health_tells_that_the_database_answers(office: Office) -> None:
    response = office.client.request("GET", "/v1/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


# -- enrolment --------------------------------------------------------------------------------


def test_a_code_makes_a_laptop_that_both_sides_recognise(office: Office, ana: Laptop) -> None:
    told = ana.identity
    assert (told.org_id, told.organization) == (office.org, "Bayside Home Care")
    assert (told.user_name, told.role) == ("Ana", "case_manager")
    public = ana.key.public_key().public_bytes_raw()
    assert told.fingerprint == auth.fingerprint(public)
    device = office.row(Device, told.device_id)
    assert (device.name, device.status) == ("ana's laptop", "active")
    assert device.fingerprint == told.fingerprint
    assert audited(office, "enrol") == ["done"]


def test_nothing_secret_is_kept_as_it_is(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    ana = Laptop(office, "ana", code, password=PASSWORD)
    kept = " ".join(
        str(row)
        for table in (EnrolmentCode, Token, Credential, DeviceSecret, ServerAudit)
        for row in office.rows(table)
    )
    for secret in (code, code.replace("-", ""), ana.access, ana.refresh_token, PASSWORD):
        assert secret not in kept
    assert "$argon2id$" in kept


def test_a_code_may_be_typed_as_people_type(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    typed = f" {code.lower().replace('-', ' ')} "
    laptop = Laptop(office, " Ana ", typed)
    assert laptop.enrolled.status_code == 200


def test_a_code_is_good_once(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    assert Laptop(office, "ana", code).enrolled.status_code == 200
    assert refusal(Laptop(office, "ana", code).enrolled) == (403, "code_used")
    assert office.count(DeviceSecret) == 1
    assert audited(office, "enrol") == ["done", "code_used"]


def test_a_code_is_good_for_a_day(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    office.clock.forward(hours=24)
    assert refusal(Laptop(office, "ana", code).enrolled) == (403, "code_expired")
    assert audited(office, "enrol") == ["code_expired"]


def test_a_code_is_its_users_alone(office: Office) -> None:
    office.hire("ana")
    office.hire("ben")
    code = office.administration.code(office.org, "ana")
    assert refusal(Laptop(office, "ben", code).enrolled) == (403, "bad_code")
    assert Laptop(office, "ana", code).enrolled.status_code == 200  # and was not spent


def test_a_strangers_guess_leaves_no_trace(office: Office) -> None:
    """Else anybody could fill the chain."""
    office.hire("ana")
    before = office.count(ServerAudit)
    assert refusal(Laptop(office, "ana", "AAAAA-BBBBB").enrolled) == (403, "bad_code")
    assert office.count(ServerAudit) == before


def test_a_user_who_was_stopped_enrols_nothing(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    office.administration.deactivate(office.org, "ana")
    assert refusal(Laptop(office, "ana", code).enrolled) == (403, "bad_code")


def test_the_first_password_given_becomes_the_users(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code
    assert Laptop(office, "ana", code(office.org, "ana"), password=PASSWORD).enrolled.is_success
    second = code(office.org, "ana")
    assert refusal(Laptop(office, "ana", second).enrolled) == (401, "password_required")
    wrong = Laptop(office, "ana", second, password="another long password")
    assert refusal(wrong.enrolled) == (401, "wrong_password")
    assert Laptop(office, "ana", second, password=PASSWORD).enrolled.is_success
    assert audited(office, "enrol") == ["done", "wrong_password", "done"]


def test_a_password_that_is_easily_guessed_is_not_taken(office: Office) -> None:
    office.hire("ana")
    code = office.administration.code(office.org, "ana")
    assert refusal(Laptop(office, "ana", code, password="short").enrolled) == (422, "weak_password")
    assert Laptop(office, "ana", code).enrolled.is_success


@pytest.mark.parametrize(
    "key", ["", "not base64!", base64.b64encode(b"short").decode(), "A" * 60_000]
)
def test_a_key_that_is_none_enrols_nothing(office: Office, ana: Laptop, key: str) -> None:
    code = office.administration.code(office.org, "ana")
    assert refusal(ana.enrol(code, public_key=key)) == (422, "bad_key")


def test_names_that_somebody_typed_are_one_line(office: Office, ana: Laptop) -> None:
    code = office.administration.code(office.org, "ana")
    odd = "Ana's\0\x1b[31m laptop\n\u202e" + "x" * 500
    reply = ana.enrol(code, device_name=odd, app="\0" * 100)
    assert reply.status_code == 200
    device = office.row(Device, msgspec.json.decode(reply.content)["device_id"])
    assert device.name.startswith("Ana's [31m laptop x")
    assert device.name.isprintable()
    assert len(device.name) == 200


# -- signing in -------------------------------------------------------------------------------


def test_a_sign_in_is_renewed_and_the_old_one_is_spent(office: Office, ana: Laptop) -> None:
    before = ana.access, ana.refresh_token
    assert ana.renew().status_code == 200
    assert before[0] != ana.access
    assert before[1] != ana.refresh_token
    assert ana.ask().status_code == 200


@pytest.mark.parametrize("away", [{"seconds": 90}, {"hours": 3}, {"days": 50}])
def test_a_lost_reply_may_be_asked_for_again(
    office: Office, ana: Laptop, away: dict[str, int]
) -> None:
    """The laptop was offline meanwhile, and still has only the token that it sent."""
    lost = ana.refresh_token
    ana.renew()
    office.clock.forward(**away)
    assert ana.renew(refresh_token=lost).status_code == 200
    assert ana.ask().status_code == 200
    assert ana.renew().status_code == 200


def test_a_request_that_went_out_twice_is_no_theft(office: Office, ana: Laptop) -> None:
    twice = ana.refresh_token
    ana.renew()
    assert ana.ask().status_code == 200
    office.clock.forward(seconds=90)
    assert ana.renew(refresh_token=twice).status_code == 200


@pytest.mark.parametrize("went_on_by", ["asking", "renewing"])
def test_a_spent_token_that_comes_after_the_laptop_went_on_stops_it(
    office: Office, ana: Laptop, went_on_by: str
) -> None:
    """Somebody has a copy of it."""
    stolen = ana.refresh_token
    ana.renew()
    if went_on_by == "asking":
        assert ana.ask().status_code == 200
    else:
        assert ana.renew().status_code == 200
    office.clock.forward(hours=3)
    assert refusal(ana.renew(refresh_token=stolen)) == (403, "token_reused")
    assert refusal(ana.ask())[0] in {401, 403}
    assert refusal(ana.renew()) == (403, "device_stopped")
    assert office.row(Device, ana.device_id).status == "stopped"
    assert audited(office, "sign_in")[0] == "token_reused"


def test_the_first_use_of_a_sign_in_is_written_down_and_no_other(
    office: Office, ana: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    note = auth.note_use
    monkeypatch.setattr(
        auth, "note_use", lambda connection, token: (noted.append(token), note(connection, token))
    )
    for _ in range(3):
        assert ana.ask().status_code == 200
    assert noted == [ana.access]


def test_a_token_without_the_laptops_key_is_worth_nothing(office: Office, ana: Laptop) -> None:
    mine, ana.key = ana.key, Ed25519PrivateKey.generate()
    assert refusal(ana.renew()) == (403, "bad_signature")
    ana.key = mine
    assert ana.renew().status_code == 200  # and was not spent by the attempt
    assert audited(office, "sign_in") == ["bad_signature"]


@pytest.mark.parametrize("signature", ["", "é", "AAAA", "not base64"])
def test_a_signature_that_is_none_is_refused(ana: Laptop, signature: str) -> None:
    assert refusal(ana.renew(signature=signature)) == (403, "bad_signature")


def test_a_signature_is_for_one_message(ana: Laptop) -> None:
    assert refusal(ana.renew(wall="2020-01-01T00:00:00+00:00")) == (403, "bad_signature")


def test_a_token_of_another_laptop_is_not_taken(office: Office, ana: Laptop) -> None:
    ben = office.laptop("ben")
    assert refusal(ana.renew(refresh_token=ben.refresh_token)) == (403, "bad_token")
    assert refusal(ana.renew(device=ben.device_id)) == (403, "bad_token")


def test_an_access_token_renews_nothing(ana: Laptop) -> None:
    assert refusal(ana.renew(refresh_token=ana.access)) == (403, "bad_token")


def test_a_sign_in_lasts_sixty_days(office: Office, ana: Laptop) -> None:
    office.clock.forward(days=59, hours=23)
    assert ana.renew().status_code == 200
    office.clock.forward(days=60)
    assert refusal(ana.renew()) == (403, "bad_token")


def test_an_access_token_lasts_ten_minutes(office: Office, ana: Laptop) -> None:
    office.clock.forward(minutes=9, seconds=59)
    assert ana.ask().status_code == 200
    office.clock.forward(seconds=1)
    assert refusal(ana.ask()) == (401, "sign_in")
    assert ana.renew().status_code == 200
    assert ana.ask().status_code == 200


def test_expired_tokens_are_forgotten(office: Office, ana: Laptop) -> None:
    for _ in range(4):
        office.clock.forward(days=40)
        assert ana.renew().status_code == 200
    assert len(office.rows(Token, device_id=ana.device_id)) <= 4


def test_a_stopped_laptop_is_told_so_everywhere(office: Office, ana: Laptop) -> None:
    office.administration.stop_device(office.org, ana.device_id)
    assert refusal(ana.ask()) == (403, "device_stopped")
    assert refusal(ana.renew()) == (403, "device_stopped")


def test_a_stopped_users_laptops_are_stopped(office: Office, ana: Laptop) -> None:
    office.administration.deactivate(office.org, "ana")
    assert refusal(ana.ask()) == (403, "device_stopped")
    assert refusal(ana.renew()) == (403, "device_stopped")


def test_lives_are_as_promised() -> None:
    assert timedelta(hours=24) == auth.CODE_LIFE
    assert timedelta(minutes=10) == auth.ACCESS_LIFE
    assert timedelta(days=60) == auth.REFRESH_LIFE
    assert timedelta(minutes=2) == auth.RETRY_GRACE
