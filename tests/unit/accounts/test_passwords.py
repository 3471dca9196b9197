"""Which passwords are taken, and that checking one costs the same whoever it is about."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.accounts import passwords

EMAIL = "jiyeon.kim@marusol.example"


@pytest.mark.parametrize("taken", [
    "correct horse staple", "나무 위의 조용한 고양이 셋", "aaaabbbbccccdddd", "tree boat lantern", "8 f#Q2m~zL!pW",
    "password of my cat"])
def test_length_is_all_that_is_asked(taken: str) -> None:
    assert passwords.problems(taken, EMAIL) == []


@pytest.mark.parametrize("refused", [
    "short", "elevenchars", "", "123456789012", "aaaaaaaaaaaa", "abcabcabcabcabc", "password1234", "Password2025!!",
    "qwertyuiop12", "1q2w3e4r5t6y", "PASSWORDPASSWORD", "jiyeon.kim@marusol.example", "JiYeon.Kim@Marusol.Example1",
    "jiyeonkim2025", "x" * 201, "dkssudgktpdy12", "비밀번호입니다123456", "zyxwvutsrqponm"])
def test_what_anybody_would_guess_is_refused(refused: str) -> None:
    assert len(passwords.problems(refused, EMAIL)) == 1


def test_a_password_is_kept_as_argon2id_and_matches() -> None:
    kept = passwords.hashed("tree boat lantern")
    assert kept.startswith("$argon2id$") and "tree" not in kept
    assert passwords.matches(kept, "tree boat lantern")
    assert not passwords.matches(kept, "tree boat lanterN")
    assert not passwords.outdated(kept)


def test_what_the_portal_uses_costs_what_rfc_9106_asks_for(real_hasher: PasswordHasher) -> None:
    """The second recommended option of RFC 9106, 4: 64 MiB, three passes."""
    assert real_hasher.memory_cost >= 64 * 1024 and real_hasher.time_cost >= 3
    assert real_hasher.hash("tree boat lantern").startswith("$argon2id$")


def test_the_same_words_from_another_keyboard_match() -> None:
    composed = unicodedata.normalize("NFC", "나무 위의 조용한 고양이")
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert passwords.matches(passwords.hashed(composed), decomposed)


def test_a_hash_of_older_parameters_is_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash("tree boat lantern"))


@pytest.mark.parametrize("kept", [None, passwords.NO_PASSWORD])
def test_nobody_and_no_password_match_nothing_but_cost_a_check(
        kept: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            checks.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.matches(kept, "nobody signs in with this")
    assert len(checks) == 1 and checks[0].startswith("$argon2id$")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    for problem in passwords.problems(text, EMAIL):
        assert str(problem)
