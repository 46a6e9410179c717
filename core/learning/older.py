"""Models as versions before wrote them, put as this one reads them."""

from __future__ import annotations

from core.method import Checkpoint


def as_now(saved: Checkpoint) -> Checkpoint:
    """Models of before all learners kept theirs in one way: figures beside the shape, weights without a prefix."""
    meta, tensors = saved.meta, saved.tensors
    if "fitted" in meta:
        return saved
    if "said" not in meta:
        return Checkpoint(0, tensors, {"shape": meta["shape"], "fitted": {f"{k}_": meta[k] for k in ("head", "mi")}})
    tensors = {k if k.startswith("scale.") else f"network.{k}": v for k, v in tensors.items()}
    attributes = {k: v for k, v in meta["said"].items() if k in ("probes_", "scored_on_")}
    figures = {k.removesuffix("_"): v for k, v in meta["said"].items() if k not in attributes}
    return Checkpoint(0, tensors, {"shape": meta["shape"], "fitted": {"figures_": figures, **attributes}})
