"""Datasets: what an event tells of each table or delivery that an attempt reads, and of each table that it writes."""

from collections.abc import Sequence
from typing import cast

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.generated.base import DatasetFacet, InputDatasetFacet, OutputDatasetFacet

from lineage import facets, names
from lineage.attempt import Input, Output
from lineage.columns import Inputs, set_aside
from lineage.governance import RECEIPTS
from policies.candidate import InputFacts
from policies.contract import Contract


def _called(lake: str, facts: InputFacts) -> names.Name:
    return names.delivered(facts.name) if facts.version is None else names.dataset(lake, facts.name)


def read(lake: str, given: Input) -> InputDataset:
    """An input at its pinned version or digest, with its shape and what is known of its rows."""
    facts, called = given.facts, _called(lake, given.facts)
    told: dict[str, DatasetFacet] = facets.delivery() if facts.version is None else facets.storage()
    pinned = facts.version if facts.version is not None else facts.digest and f"sha256:{facts.digest}"
    if pinned is not None:
        told["version"] = facets.version(pinned)
    match given.columns:
        case Contract():
            told["schema"] = facets.schema(given.columns.schema, facets.described(given.columns))
        case None:
            pass
        case columns:
            told["schema"] = facets.schema(dict.fromkeys(columns), {})
    of_input: dict[str, InputDatasetFacet] = {}
    if any(known is not None for known in (given.rows, given.size, given.files)):
        of_input["inputStatistics"] = facets.input_statistics(given.rows, given.size, given.files)
    if given.nulls:
        of_input["dataQualityMetrics"] = facets.input_metrics(given.rows, given.nulls)
    return InputDataset(namespace=called.namespace, name=called.name, facets=told, inputFacets=of_input)


def written(lake: str, output: Output, inputs: Sequence[Input]) -> OutputDataset:
    """A table that is written: its shape, from which columns each comes, what was measured, and what the commit added."""
    contract, called = output.contract, names.dataset(lake, output.table)
    shapes: Inputs = {given.facts.name: given.columns for given in inputs}
    spaces = {given.facts.name: _called(lake, given.facts) for given in inputs}
    reading = contract if output.aside_of is None else set_aside(contract, output.aside_of, shapes)
    told: dict[str, DatasetFacet] = {
        **facets.storage(),
        "schema": facets.schema(contract.schema, facets.described(contract)),
        "columnLineage": facets.columns(reading, shapes, spaces),
    }
    if (tags := facets.tags(contract)) is not None:
        told["tags"] = tags
    if output.about:
        told["documentation"] = facets.documentation(output.about)
    if output.candidate is not None:
        told["dataQualityMetrics"] = facets.metrics(output.candidate)
        # The spec lists assertions as facets of inputs; the draft is what the gate read, and only here can they be
        # told of the dataset that they are about. The schema holds in both places.
        told["dataQualityAssertions"] = cast("DatasetFacet", facets.assertions(contract, output.candidate))
        told[RECEIPTS] = facets.receipts(output.candidate)
    of_output: dict[str, OutputDatasetFacet] = {}
    if output.version is not None:
        told["version"] = facets.version(output.version)
        if output.write is not None:
            of_output["outputStatistics"] = facets.written(output.write)
            if (changed := facets.lifecycle(output.write)) is not None:
                told["lifecycleStateChange"] = changed
    return OutputDataset(namespace=called.namespace, name=called.name, facets=told, outputFacets=of_output)
