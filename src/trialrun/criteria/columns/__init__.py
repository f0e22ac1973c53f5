"""The columns engine: the same rules for a million patients, as Ibis expressions.

It opens nothing and runs nothing by itself: tables come bound to a backend from the readers, and go
back as expressions. `criteria.reference` is the law; this engine gives the same answers. Importing
it without the optional part [population] raises MissingExtra.
"""

from trialrun.errors import MissingExtra

try:
    import ibis as _ibis  # noqa: F401 - only to say at once what is missing
except ModuleNotFoundError as error:
    raise MissingExtra(
        "screening a population needs an optional part of Trialrun",
        remedy="Install it: pip install 'trialrun[population]'",
    ) from error
