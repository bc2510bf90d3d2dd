"""The release rule is read whole or refused by file and key."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from radiographs.errors import InvalidReleaseRule
from radiographs.evaluation import release_rule
from radiographs.evaluation.audits.questions import CHECKS
from radiographs.evaluation.release_rule import ReleaseRule

SHIPPED = Path(__file__).resolve().parents[2] / "expectations" / "release.yaml"
CONTENT: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))


def leaves(content: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the shipped file, from the top."""
    for key, value in content.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))


def value_at(keys: tuple[str, ...], content: dict[str, Any] = CONTENT) -> Any:
    for key in keys:
        content = content[key]
    return content


def changed(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    value_at(keys[:-1], content)[keys[-1]] = value
    return content


ALL_KEYS = tuple(leaves(CONTENT))
OPTIONAL = {("comparison", "promote_when")}
NUMBERS = tuple(keys for keys in ALL_KEYS if isinstance(value_at(keys), int | float) and keys != ("version",))


def refusal(tmp_path: Path, content: Any) -> str:
    """What a person reads when a file with this content is refused; the file is always named."""
    file = tmp_path / "changed.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InvalidReleaseRule) as refused:
        release_rule.read(file)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value).removeprefix(f"{file}: ")


def test_the_shipped_rule_reads_and_says_what_is_in_the_file() -> None:
    rule = release_rule.read(SHIPPED)
    assert rule.absolute.films_per_finding == CONTENT["absolute"]["films_per_finding"]
    assert rule.comparison.non_inferior_within.of("accuracy") == value_at(
        ("comparison", "non_inferior_within", "accuracy")
    )
    assert rule.comparison.promote_when == "non_inferior"
    assert rule.plan.may_change == tuple(CONTENT["plan"]["may_change"])


@pytest.mark.parametrize("keys", [keys for keys in ALL_KEYS if keys not in OPTIONAL], ids=".".join)
def test_a_missing_key_is_named(tmp_path: Path, keys: tuple[str, ...]) -> None:
    content = copy.deepcopy(CONTENT)
    del value_at(keys[:-1], content)[keys[-1]]
    assert f"{'.'.join(keys)} is missing" in refusal(tmp_path, content)


@pytest.mark.parametrize("keys", ALL_KEYS, ids=".".join)
def test_a_key_with_a_typo_is_named(tmp_path: Path, keys: tuple[str, ...]) -> None:
    content = copy.deepcopy(CONTENT)
    parent = value_at(keys[:-1], content)
    parent[keys[-1] + "x"] = parent.pop(keys[-1])
    assert f"{'.'.join(keys)}x is no key of the release rule" in refusal(tmp_path, content)


@pytest.mark.parametrize("keys", NUMBERS, ids=".".join)
@pytest.mark.parametrize("value", ["0.1", -1, None, True, float("nan"), float("inf"), [0.1]], ids=str)
def test_a_limit_that_is_no_limit_is_named(tmp_path: Path, keys: tuple[str, ...], value: object) -> None:
    assert ".".join(keys) in refusal(tmp_path, changed(keys, value))


def test_every_question_of_the_audit_has_a_limit_and_every_limit_a_question() -> None:
    assert {*CHECKS, "source_told"} == set(CONTENT["audit"])


@pytest.mark.parametrize(
    ("name", "side", "value"), [("lungs_hidden", "at_least", -0.1), ("tone", "at_most", 0.1)], ids=["blind", "spared"]
)
def test_a_limit_on_the_wrong_side_is_refused_and_two_sides_are_too(
    tmp_path: Path, name: str, side: str, value: float
) -> None:
    limit = value_at(("audit", name))
    both = refusal(tmp_path, changed(("audit", name), limit | {side: value}))
    assert f"audit.{name}.{side} is no key of the release rule" in both
    turned = {key: each for key, each in limit.items() if not key.startswith("at_")} | {side: value}
    assert f"audit.{name}.at_" in refusal(tmp_path, changed(("audit", name), turned))


def test_not_judging_graver_than_failing_is_a_contradiction_and_as_grave_is_not(tmp_path: Path) -> None:
    limit = value_at(("audit", "mirrored"))
    said = refusal(tmp_path, changed(("audit", "mirrored"), limit | {"failed": "warns", "not_judged": "holds"}))
    assert "audit.mirrored: not_judged (holds) must not be graver than failed (warns)" in said
    ReleaseRule.model_validate(changed(("audit", "mirrored"), limit | {"failed": "warns", "not_judged": "warns"}))


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, float("nan"), "often"])
def test_a_prevalence_that_is_none_is_refused_and_no_prevalence_is_not(tmp_path: Path, prevalence: Any) -> None:
    assert "scores.prevalences" in refusal(tmp_path, changed(("scores", "prevalences"), [0.1, prevalence]))
    ReleaseRule.model_validate(changed(("scores", "prevalences"), []))


@pytest.mark.parametrize("key", ["guarded_sensitivity_at_least", "guarded_specificity_at_least"])
def test_a_share_of_one_which_no_interval_can_prove_is_refused_and_one_just_below_is_not(
    tmp_path: Path, key: str
) -> None:
    assert key in refusal(tmp_path, changed(("absolute", key), 1.0))
    ReleaseRule.model_validate(changed(("absolute", key), 0.99))


def test_holding_before_warning_is_a_contradiction_and_holding_with_it_is_not(tmp_path: Path) -> None:
    warns = CONTENT["verdicts_served"]["warn_from"]
    said = refusal(tmp_path, changed(("verdicts_served", "hold_from"), warns - 1))
    assert f"verdicts_served: hold_from ({warns - 1}) must not come before warn_from ({warns})" in said
    ReleaseRule.model_validate(changed(("verdicts_served", "hold_from"), warns))


@pytest.mark.parametrize(("key", "value"), [("primary", "f1"), ("promote_when", "always")])
def test_a_word_the_rule_does_not_know_is_refused_with_those_it_knows(tmp_path: Path, key: str, value: str) -> None:
    said = refusal(tmp_path, changed(("comparison", key), value))
    assert f"comparison.{key}" in said and f"got '{value}'" in said
    assert "balanced_accuracy" in said or "non_inferior" in said


def test_two_faults_are_both_named(tmp_path: Path) -> None:
    content = changed(("absolute", "films_per_finding"), -3) | {"speed": 1}
    said = refusal(tmp_path, content)
    assert "absolute.films_per_finding" in said and "speed is no key" in said


def test_a_key_given_twice_is_refused_and_not_the_last_one_taken(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("parity:\n", "parity:\n  logits: 9.0\n")
    assert "'logits' is given twice" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file"),
        ("just words", "the file"),
        ("a: [1, 2", "line 1"),
        ("version: 1\n\tplan: x", "line 2"),
        ("? [a]\n: b", "unhashable"),
    ],
)
def test_a_file_that_holds_no_rule_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "release.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidReleaseRule, match=r"release\.yaml: cannot be read"):
        release_rule.read(file)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["missing", "folder"])
def test_a_file_that_is_not_there_is_named_with_the_setting_to_mend(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "release.yaml")
    with pytest.raises(InvalidReleaseRule, match=r"release\.yaml: cannot be read .*RADIOGRAPHS_RELEASE_RULE"):
        release_rule.read(tmp_path / "release.yaml")


@pytest.mark.parametrize("keys", NUMBERS, ids=".".join)
def test_the_digest_changes_with_every_number(keys: tuple[str, ...]) -> None:
    old = value_at(keys)
    new = ReleaseRule.model_validate(changed(keys, old + 1 if isinstance(old, int) else old * 0.999 + 1e-6))
    assert new.digest != ReleaseRule.model_validate(CONTENT).digest


def test_the_digest_changes_with_the_words_that_decide() -> None:
    digests = {
        ReleaseRule.model_validate(content).digest
        for content in (
            CONTENT,
            changed(("comparison", "promote_when"), "better"),
            changed(("comparison", "primary"), "accuracy"),
            changed(("plan", "impact"), "None."),
        )
    }
    assert len(digests) == 4


@given(st.randoms(use_true_random=False))
def test_the_digest_does_not_change_with_comments_order_or_layout(random: Any) -> None:
    def shuffled(content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        keys = list(content)
        random.shuffle(keys)
        return {key: shuffled(content[key]) for key in keys}

    text = "# another comment\n" + yaml.safe_dump(
        shuffled(CONTENT), sort_keys=False, default_flow_style=random.choice([True, False])
    )
    assert ReleaseRule.model_validate(yaml.safe_load(text)).digest == release_rule.read(SHIPPED).digest


def test_a_whole_number_for_a_share_is_the_same_rule() -> None:
    one, other = (changed(("absolute", "guarded_sensitivity_at_least"), value) for value in (0, 0.0))
    assert ReleaseRule.model_validate(one).digest == ReleaseRule.model_validate(other).digest
