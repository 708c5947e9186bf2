"""Whether rankings are what SoccerNet's official scorer takes; if not, exactly what is wrong.

It refuses what `SoccerNet.Evaluation.ReIdentification` refuses, and keys that are no query, which
that one passes over: such a file is mostly of another split.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop, Gallery

_WHOLE = "List each gallery crop of the query's own action exactly once, and nothing else."


def check_lists(ranking: object, gallery: Gallery) -> list[list[int]]:
    """The list of each query, when all are whole; identities are not looked at.

    Args:
        ranking: what the JSON file holds: numbers of gallery crops, best first, under the number
            of each query as text.
        gallery: the queries and what they are searched in.

    Returns:
        The lists, in the order of the queries.

    Raises:
        UsageError: naming the first query, and the entry of its list, that is wrong.
    """
    if not isinstance(ranking, dict):
        raise UsageError(
            "an object of rankings by query", f"{_words(ranking)} in its place",
            'Write {"0": [3, 1, 2], ...}.',
        )  # fmt: skip
    actions = {crop.number: crop.action for crop in gallery.gallery}
    members: Mapping[str, set[int]] = defaultdict(set)
    for number, action in actions.items():
        members[action].add(number)
    lists = [_list_of(query, ranking, members[query.action], actions) for query in gallery.queries]
    if len(ranking) > len(lists):
        known = {str(query.number) for query in gallery.queries}
        stranger = next(key for key in ranking if key not in known)
        raise UsageError(
            "rankings of the queries only", f"one of {stranger!r}, which is no query",
            "Take the bbox_info.json of the split that was ranked.",
        )  # fmt: skip
    return lists


def check_ranking(ranking: object, gallery: Gallery) -> list[list[int]]:
    """The list of each query, when it can be scored; arguments and result as for `check_lists`.

    Raises:
        UsageError: as `check_lists`, or when the identity of a query is not in its gallery.
    """
    lists = check_lists(ranking, gallery)
    found = {(crop.action, crop.identity) for crop in gallery.gallery if crop.identity != NOBODY}
    for query in gallery.queries:
        if (query.action, query.identity) not in found:
            raise UsageError(
                f"someone of the identity of query {query.number} in the gallery of its action",
                "nobody", "Leave the query out of bbox_info.json, or add the crop it is seen in.",
            )  # fmt: skip
    return lists


def _list_of(
    query: Crop, ranking: Mapping[str, object], members: Collection[int], actions: Mapping[int, str]
) -> list[int]:
    key = str(query.number)
    if key not in ranking:
        raise UsageError(
            f"a ranking for query {key}", "none", "Rank every query of bbox_info.json."
        )
    listed = ranking[key]
    if not isinstance(listed, list):
        raise UsageError(f"a list of gallery numbers for query {key}", _words(listed), _WHOLE)
    # The usual case first: 11,638 lists are checked in no time.
    whole = set(map(type, listed)) <= {int} and len(listed) == len(members)
    if not (whole and set(listed) == members):
        raise _fault_of(query, listed, members, actions)
    return listed


def _fault_of(
    query: Crop, listed: list[object], members: Collection[int], actions: Mapping[int, str]
) -> UsageError:
    """What is wrong with a list: its first bad entry, or else what it lacks."""
    asked = f"query {query.number}"
    seen: Counter[int] = Counter()
    for entry in listed:
        if type(entry) is not int:
            wanted = f"whole numbers in the ranking of {asked}"
            return UsageError(wanted, _words(entry), "Write gallery numbers as JSON integers.")
        seen[entry] += 1
        if seen[entry] > 1:
            found = f"gallery crop {entry} more than once"
            return UsageError(f"each gallery crop once in the ranking of {asked}", found, _WHOLE)
        if entry not in actions:
            wanted = f"gallery crops in the ranking of {asked}"
            return UsageError(wanted, f"{entry}, which is not in the gallery", _WHOLE)
        if actions[entry] != query.action:
            wanted = f"gallery crops of action {query.action} in the ranking of {asked}"
            return UsageError(wanted, f"{entry} of action {actions[entry]}", _WHOLE)
    lacking = min(set(members) - seen.keys())
    wanted = f"all {len(members)} gallery crops of action {query.action} in the ranking of {asked}"
    return UsageError(wanted, f"{len(seen)}, without {lacking}", _WHOLE)


def _words(value: object) -> str:
    """A JSON value as a message names it.

    >>> _words(True), _words("7"), _words([1, 2]), _words(None)
    ('the truth value true', "the text '7'", 'a list', 'null')
    """
    match value:
        case None:
            return "null"
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() | float():
            return f"the number {value!r}"
        case str():
            return f"the text {value[:40]!r}"
        case list():
            return "a list"
    return "an object"
