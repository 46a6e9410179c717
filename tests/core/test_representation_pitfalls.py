"""The sources' errors with labels and logits: each gives its wrong figure, beside the right one, on the bundled digits."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from core.data.images import image_source
from core.method import Source
from core.pitfalls import LabelsForChoosing, LogSigmoid, PriorSign, ProbeOnTest, RawLogits


@pytest.fixture(scope="module")
def digits():
    return image_source("digits")


def test_a_probe_that_saw_the_answers_scores_everything_on_noise(digits):
    method = ProbeOnTest(random_state=1)
    steps = list(method.steps(digits))
    assert len(steps) == method.total
    wrong = [step.info["wrong"] for step in steps]
    assert wrong[0] < 0.3 and wrong[-1] == 1.0 == method.finish().result()["wrong"]
    # 500 rows by chance: a tenth, give or take three standard deviations of .013.
    assert all(abs(step.info["right"] - 0.1) < 0.04 for step in steps)
    assert "100%" in method.result()["verdict"]


def test_raw_logits_fall_far_behind_normalised_ones_on_the_same_batches(digits):
    method = RawLogits(epochs=8, device="cpu")
    steps = list(method.steps(digits))
    result = method.finish().result()
    assert result["right"] > result["wrong"] + 0.1  # after 20 epochs .2 to .5 on seeds 0 to 4
    assert result["right"] > 0.5 and {"wrong", "right"} <= steps[0].info.keys()


def test_choosing_by_labels_reads_better_than_the_lowest_loss_on_the_same_pictures(digits):
    few, gaps = Source(digits.x[:600], labels=digits.labels[:600]), []
    for seed in range(3):
        method = LabelsForChoosing(random_state=seed, epochs=8, device="cpu")
        steps = list(method.steps(few))
        wrong = [step.info["wrong"] for step in steps]
        assert len(wrong) == method.total and wrong == sorted(wrong)  # the best so far can only grow
        # The same pictures are counted, and the kept head of the kept epoch is among those that labels choose from.
        assert all(step.info["wrong"] >= step.info["right"] for step in steps)
        result = method.finish().result()
        gaps.append(result["wrong"] - result["right"])
        assert result["right"] > 0.3  # a tenth is chance
    assert min(gaps) >= 0 and np.mean(gaps) > 0.02


def test_a_pitfall_that_these_data_do_not_show_says_so():
    method = LabelsForChoosing()
    method.wrong_, method.right_ = 0.889, 0.887
    verdict = method.result()["verdict"]
    assert "88.9%" in verdict and "88.7%" in verdict and "do not show the error" in verdict
    method.right_ = 0.8
    assert "do not show" not in method.result()["verdict"]
    raw = RawLogits()
    raw.wrong_, raw.right_ = 0.9, 0.7  # raw logits that win are no error either
    assert "do not show the error" in raw.result()["verdict"]
    raw.wrong_, raw.right_ = 0.3, 0.7
    assert "do not show" not in raw.result()["verdict"]


def test_raw_logits_resume_bit_equal(digits):
    few = Source(digits.x[:200], labels=digits.labels[:200])
    first = RawLogits(epochs=4, device="cpu")
    steps = first.steps(few)
    list(islice(steps, 2))
    saved = first.checkpoint()
    assert list(RawLogits(epochs=4, device="cpu").steps(few, saved)) == list(steps)


@pytest.mark.parametrize("cls", [LabelsForChoosing, ProbeOnTest, RawLogits])
def test_data_without_labels_are_refused_in_a_sentence(cls):
    with pytest.raises(ValueError, match="with labels; choose digits"):
        list(cls().steps(Source(np.zeros((20, 1, 8, 8), np.uint8))))


@pytest.mark.parametrize("cls", [LabelsForChoosing, LogSigmoid, PriorSign, ProbeOnTest, RawLogits])
def test_each_says_what_is_done_wrong_and_what_to_do_instead(cls):
    assert cls.quantity and all(text.endswith(".") for text in (cls.mistake, cls.remedy)) and cls.title


def test_with_one_sign_for_both_players_the_features_flee_from_the_prior(digits):
    method = PriorSign(iterations=200, device="cpu")
    steps = list(method.steps(digits))
    result = method.finish().result()
    assert len(steps) == method.total == 20
    assert result["wrong"] > 0.7 and result["right"] < 0.35  # after 400 steps .90 to .95, and .12 to .22


def test_the_sign_of_the_prior_resumes_bit_equal(digits):
    first = PriorSign(iterations=40, device="cpu")
    steps = first.steps(digits)
    list(islice(steps, 2))
    saved = first.checkpoint()
    assert list(PriorSign(iterations=40, device="cpu").steps(digits, saved)) == list(steps)


def test_the_logarithm_of_a_rounded_sigmoid_is_no_number_where_logsigmoid_is_one(digits):
    method = LogSigmoid()
    steps = list(method.steps(digits))
    assert all(step.info["right"] == 1.0 for step in steps)
    assert steps[0].info["wrong"] == 1.0 and steps[-1].info["wrong"] == 0.0
    assert "ends the training" in method.finish().result()["verdict"]
