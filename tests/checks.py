"""The rules that every method keeps, one short function each; the docstring is the rule."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from typing import Any

import numpy as np
import torch
from scipy import sparse
from sklearn.exceptions import NotFittedError

from core import params
from core.data.graphs.blocks import block_model
from core.distributions import make
from core.method import Method, Source
from core.sentences import Sentence

CAPS = {"epochs": 1, "iterations": 15}  # run lengths stay out of conformance tests
MID_RUN = {"epochs": 8, "iterations": 200}  # … but where a run has to go on after some steps


def short(cls: type[Method], caps: Mapping[str, int] = CAPS, **more: object) -> Method:
    """A method whose run is over quickly."""
    known = params.parameters(cls)
    lengths = {
        name: max(value, (known[name].range.low if known[name].range else 0))
        for name, value in caps.items()
        if name in known
    }
    return cls(**{k: known[k].type(v) for k, v in (lengths | more).items()}, device="cpu")


def suited(cls: type[Method]) -> Source:
    """Data that suit the method; as everywhere here without labels, whose probes take longer than a short run."""
    if "graph" not in cls.takes:
        return source(cls.family)
    return replace(block_model(60, 3, 0.4, 0.05, 0), labels=None)


def source(family: str, n: int = 200, rho: float = 0.8) -> Source:
    """Data that suit the family."""
    x, y = make("gaussian", rho=rho).sample(n, seed=0)
    if family in ("estimators", "densities"):
        return Source(x, y)
    rng = np.random.default_rng(0)
    return Source(np.concatenate([rng.normal(c, 0.3, (n // 2, 6)) for c in (-2.0, 2.0)]).astype(np.float32))


def _stream(method: Method, data: Source, k: int = 3) -> list[dict[str, float]]:
    steps = method.steps(data)
    out = [step.info for step in islice(steps, k)]
    steps.close()
    return out


def same_seed_gives_the_same_stream(cls: type[Method]) -> None:
    """Two runs with one seed say exactly the same."""
    data = suited(cls)
    assert _stream(short(cls, random_state=3), data) == _stream(short(cls, random_state=3), data)


def global_generators_stay_untouched(cls: type[Method]) -> None:
    """A run neither reads nor moves the random streams that belong to the user."""
    before = (random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state().clone())
    method = short(cls)
    for _ in method.steps(suited(cls)):
        pass
    method.finish()
    assert random.getstate() == before[0]
    assert np.array_equal(np.random.get_state()[1], before[1])
    assert torch.equal(torch.get_rng_state(), before[2])


def inputs_stay_unmodified(cls: type[Method]) -> None:
    """The arrays that are given are the arrays that are left."""
    data = suited(cls)
    kept = _numbers(data.x), None if data.y is None else data.y.copy()
    for _ in short(cls).steps(data):
        pass
    assert np.array_equal(kept[0], _numbers(data.x))
    assert kept[1] is None or np.array_equal(kept[1], data.y)


def _numbers(x: object) -> np.ndarray:
    return np.array(x.toarray() if sparse.issparse(x) else x)


def closing_early_is_clean(cls: type[Method]) -> None:
    """Stop after one step: `finish` gives what there is."""
    method = short(cls)
    steps = method.steps(suited(cls))
    next(steps)
    steps.close()
    assert method.finish() is method
    assert isinstance(method.result(), dict)


def interrupting_the_first_step_leaves_a_result_or_a_sentence(
    cls: type[Method], make: Callable[[], Method] | None = None, data: object = None
) -> None:
    """Wherever in its first step a run is interrupted: `finish`, a checkpoint and each picture are there, or one sentence
    says why not."""
    data = suited(cls) if data is None else data
    for after in (1, 4, 16, 64, 128, 256, 1024):  # calls of functions
        method = make() if make else short(cls)
        _interrupted(method, data, after)
        for ask in (_finished, lambda m: m.checkpoint(), *(partial(_viewed, name) for name in method.views)):
            try:
                ask(method)
            except NotFittedError:
                pass
            except ValueError as error:
                assert isinstance(error.args[0], Sentence), error


def _finished(method: Method) -> dict[str, Any]:
    return method.finish().result()


def _viewed(name: str, method: Method) -> dict[str, np.ndarray]:
    return method.view(name)


def _interrupted(method: Method, data: object, after: int) -> None:
    """Begin a run, and press Ctrl-C when so many functions of core were called, unless the first step is over before."""
    calls = 0

    def count(frame, event: str, arg: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_globals.get("__name__", "").startswith("core.")
        if calls >= after:
            sys.setprofile(None)
            raise KeyboardInterrupt

    steps = method.steps(data)
    sys.setprofile(count)
    try:
        next(steps)
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
        steps.close()


def indices_count_from_one_and_rise(cls: type[Method]) -> None:
    """Steps are numbered 1 … and never beyond the announced total."""
    method = short(cls)
    seen = [step.index for step in method.steps(suited(cls))]
    assert seen and seen[0] >= 1 and all(a < b for a, b in pairwise(seen))
    assert seen[-1] <= method.total


def a_value_outside_its_range_names_itself(cls: type[Method]) -> None:
    """Every ranged parameter refuses a value beyond its limit, and says name, value and limit."""
    for name, param in params.parameters(cls).items():
        if param.range is None:
            continue
        value = param.range.high + 1
        try:
            cls(**{name: value}).check_parameters()
        except ValueError as error:
            assert name in str(error) and f"{param.range.high}" in str(error), error
        else:
            raise AssertionError(f"{cls.__name__} accepts {name}={value}")


def an_unknown_device_is_refused(cls: type[Method]) -> None:
    """A device that does not exist is refused in one sentence, also by what computes on the CPU whatever is asked."""
    for device in ("tpu", "cuda:x", ""):
        try:
            short(cls).set_params(device=device).run(suited(cls))
        except ValueError as error:
            assert f"device={device!r} is not a device" in str(error), error
        else:
            raise AssertionError(f"{cls.__name__} accepts device={device!r}")


def every_parameter_explains_itself(cls: type[Method]) -> None:
    """Help is a sentence: it ends with a full stop and is longer than the name."""
    for name, param in params.parameters(cls).items():
        assert param.help.endswith(".") and len(param.help) > len(name), f"{cls.__name__}.{name}: {param.help!r}"


def x_and_y_may_change_places(cls: type[Method]) -> None:
    """Mutual information is symmetric: with equal seed I(x; y) is I(y; x) to the last digit (`core.estimators._sides` helps)."""
    if cls.family != "estimators":
        return
    data, found = suited(cls), []
    for sides in (Source(data.x, data.y), Source(data.y, data.x)):
        method = short(cls)
        for _ in method.steps(sides):
            pass
        found.append((method.finish().mi_, method.interval_))
    assert found[0] == found[1], found


def _estimate(cls: type[Method], rho: float) -> Method:
    """Of 1,000 rows, by a critic that is small and trained for long enough to see ρ = .8."""
    known = params.parameters(cls)
    quick = {"iterations": 200, "hidden": 32, "folds": 2, "learning_rate": 0.01}
    method = cls(**{k: v for k, v in quick.items() if k in known}, device="cpu")
    return method.run(source(cls.family, 1_000, rho))


def _interval(method: Method) -> tuple[float, float]:
    """Where the truth should lie: a small critic on few rows is a little off, and so is the interval that is read from it."""
    if method.interval_ is None:
        return method.mi_ - 0.05, method.mi_ + 0.05
    return method.interval_[0] - 0.03, method.interval_[1] + 0.03


def independent_sides_share_nothing(cls: type[Method]) -> None:
    """Independent Gaussians measure 0, within .03 nats of the estimator's own interval, .05 of it where there is none."""
    if cls.family == "estimators":
        method = _estimate(cls, 0.0)
        low, high = _interval(method)
        assert low <= 0 <= high and abs(method.mi_) < 0.08, (method.mi_, method.interval_)


def a_known_dependence_is_measured(cls: type[Method]) -> None:
    """A Gaussian pair with ρ = .8 measures −½ ln(1 − .64) = .511 nats, within .03 nats of the estimator's
    own interval, .05 of it where there is none."""
    if cls.family == "estimators":
        method = _estimate(cls, 0.8)
        low, high = _interval(method)
        assert low <= 0.511 <= high and abs(method.mi_ - 0.511) < 0.12, (method.mi_, method.interval_)


def it_pickles_after_a_run(cls: type[Method]) -> None:
    """A finished method survives pickling with its result."""
    method = short(cls)
    for _ in method.steps(suited(cls)):
        pass
    again = pickle.loads(pickle.dumps(method.finish()))
    assert again.get_params() == method.get_params()


def resuming_a_checkpoint_is_bit_equal(cls: type[Method]) -> None:
    """Stopping after two steps and resuming from the checkpoint says exactly what an unbroken run says (CPU)."""
    longer = {"epochs": 4, "iterations": 200}  # than the caps: at least four steps
    data, several = suited(cls), {k: v for k, v in longer.items() if k in params.parameters(cls)}
    first = short(cls, **several)
    steps = first.steps(data)
    list(islice(steps, 2))
    saved = first.checkpoint()
    if saved is None:
        return
    unbroken = [step.info for step in islice(steps, 2)]
    steps.close()
    resumed = [step.info for step in islice(short(cls, **several).steps(data, saved), 2)]
    assert len(unbroken) == 2 and resumed == unbroken


def every_announced_picture_can_be_asked_for(cls: type[Method]) -> None:
    """Each name in `views` gives arrays, while running and after; a picture that there is not is no arrays, not empty ones."""
    method = short(cls)
    steps = method.steps(suited(cls))
    next(steps)
    during = {name: method.view(name) for name in method.views}
    for _ in steps:
        pass
    method.finish()
    for name in method.views:
        for arrays in (during[name], method.view(name)):
            assert all(isinstance(a, np.ndarray) and a.size for a in arrays.values()), name
    assert not method.views or any(method.view(name) for name in method.views), "no picture at all"


def it_says_what_it_is(cls: type[Method]) -> None:
    """Title, a docstring whose first line is a sentence, and a source."""
    assert cls.title and cls.reference
    assert (cls.__doc__ or "").strip().splitlines()[0].rstrip().endswith((".", ":")), cls.__doc__


def checks() -> Iterator[Callable[[type[Method]], None]]:
    """All rules above, in the order in which they are written."""
    skip = {"short", "source", "suited", "checks"}
    for name, value in globals().items():
        if callable(value) and getattr(value, "__module__", "") == __name__ and name[0] != "_" and name not in skip:
            yield value
