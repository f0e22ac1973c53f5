"""How much hangs on the answer to a finding: what comes first on a page of questions."""

from __future__ import annotations

# Who is admitted, what is given, or what protects them; then what is asked by default; then what
# is a matter of the registration alone.
_MOST = frozenset(
    {
        "limits-exclude-everybody", "limit-twice", "limit-overlaps", "included-and-excluded",
        "exclusion-negated", "unit-impossible", "unit-missing", "age-differs", "ages-reversed",
        "age-unit-slip", "doses-differ", "populations-differ", "excluded-in-description-only",
        "pregnancy-missing", "pregnancy-of-men", "safety-rules-missing", "outcomes-missing",
        "interval-reads-two-ways", "day-zero-missing", "serology-missing", "wash-outs-differ",
        "donor-criteria-missing", "drug-not-in-record", "contraception-length", "heading-empty",
    }
)  # fmt: skip
_LEAST = frozenset(
    {
        "headings-missing", "criterion-twice", "masked-nobody",
        "reached-in-the-future", "start-passed", "end-passed", "primary-reached-while-open",
        "completed-before-its-end", "size-zero", "size-reached-while-open", "outcome-twice",
        "single-group-several-arms", "randomized-one-arm",
    }
)  # fmt: skip


# Right, and no question to an investigator: a registration clerk's work, or a clause that nearly
# every protocol ends with.
_NONE = frozenset({"several-products", "cell-product-type", "discretion-without-reason"})


def weight_of(rule: str) -> int:
    """3, 2 or 1; 0 for what is shown only with the whole list."""
    return 0 if rule in _NONE else 3 if rule in _MOST else 1 if rule in _LEAST else 2
