"""The clinical variables, as data, and facts: values of a variable about one participant."""
