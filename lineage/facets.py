"""Facets: what is said of datasets, jobs and runs, built from contracts and candidates. No I/O, no clock, no floats.

The ledger's canonical JSON refuses floats, so a number that is not whole is decimal text in our own facets, and left
out where OpenLineage wants a number.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
import polars as pl
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    data_quality_assertions_dataset,
    data_quality_metrics_dataset,
    data_quality_metrics_input_dataset,
    dataset_type_dataset,
    dataset_version_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    lifecycle_state_change_dataset,
    output_statistics_output_dataset,
    schema_dataset,
    storage_dataset,
    tags_dataset,
    test_run,
)
from openlineage.client.generated.base import DatasetFacet, InputDatasetFacet, RunFacet

from lineage import names
from lineage.columns import Inputs, Kind, Source, column_lineage, row_lineage
from lineage.governance import PRODUCER, GateDecision, ModelUse, Receipts
from policies.candidate import Candidate, ExpectationFacts
from policies.contract import ATTEMPT, FINGERPRINT, Contract
from policies.permit import Write
from policies.verdict import Outcome, Verdict

_MACHINERY = {
    FINGERPRINT: "64-bit hash of the values that the row was computed from",
    ATTEMPT: "the attempt that the row came in with",
}
_RECEIPT = {
    "by": "the model or rule that answered {}",
    "confidence": "how sure the answer to {} is, 0 to 1",
    "evidence": "where the answer to {} stands in what was read",
}


def schema(columns: Mapping[str, pl.DataType | None], about: Mapping[str, str]) -> DatasetFacet:
    """Columns in order with their types, and a sentence where there is one."""
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=name,
            type=None if kind is None else str(kind),
            description=about.get(name) or None,
            ordinal_position=place,
            fields=None,
        )
        for place, (name, kind) in enumerate(columns.items(), start=1)
    ]
    return schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)


def described(contract: Contract) -> dict[str, str]:
    """A sentence for each physical column that has one."""
    about = {column.name: column.about for column in contract.columns}
    for column in contract.columns:
        if column.answered:
            about.update({f"{column.name}__{part}": told.format(column.name) for part, told in _RECEIPT.items()})
    return {**about, **_MACHINERY}


def columns(contract: Contract, inputs: Inputs, spaces: Mapping[str, names.Name]) -> DatasetFacet:
    """Column lineage; `spaces` tells how each input is called. What decides over rows stands under `dataset`, once."""
    deciding = row_lineage(contract, inputs)
    fields = {}
    for column, sources in column_lineage(contract, inputs).items():
        same = column in contract.keys and not contract.column(column).reads
        direct = "IDENTITY" if same else "TRANSFORMATION"
        fields[column] = column_lineage_dataset.Fields(
            inputFields=[
                _field(spaces, source, direct if source.kind is Kind.DIRECT else "CONDITIONAL", column == FINGERPRINT)
                for source in sources
                if source.kind is Kind.DIRECT or source not in deciding["key"]
            ]
        )
    meeting = "JOIN" if len({source.table for source in deciding["key"]}) > 1 else "GROUP_BY"
    whole = [_field(spaces, source, meeting) for source in deciding["key"]]
    whole += [_field(spaces, source, "FILTER") for source in deciding["rules"]]
    return column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields, dataset=whole, producer=PRODUCER)


def _field(
    spaces: Mapping[str, names.Name], source: Source, subtype: str, masking: bool = False
) -> column_lineage_dataset.InputField:
    called = spaces[source.table]
    return column_lineage_dataset.InputField(
        namespace=called.namespace,
        name=called.name,
        field=source.column,
        transformations=[
            column_lineage_dataset.Transformation(type=source.kind.upper(), subtype=subtype, masking=masking)
        ],
    )


def assertions(contract: Contract, candidate: Candidate) -> InputDatasetFacet:
    """The suite's answers, one assertion each; a silent one, or one that is missing, is no success."""
    asked = _arguments(contract)
    told = [_assertion(fact, asked.get((fact.type, fact.columns))) for fact in candidate.expectations]
    told.append(
        data_quality_assertions_dataset.Assertion(
            assertion="every_expectation_is_answered",
            success=candidate.expected == len(candidate.expectations),
            severity="error",
            expected=str(candidate.expected),
            actual=str(len(candidate.expectations)),
            params=None,
        )
    )
    return data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(assertions=told, producer=PRODUCER)


def _assertion(fact: ExpectationFacts, expected: str | None) -> data_quality_assertions_dataset.Assertion:
    return data_quality_assertions_dataset.Assertion(
        assertion=fact.type,
        success=fact.success is True,
        column=fact.columns[0] if len(fact.columns) == 1 else None,
        severity="error",
        description="the suite gave no answer" if fact.success is None else None,
        expected=expected,
        actual=fact.observed or None,
        params={"columns": list(fact.columns)} if len(fact.columns) > 1 else None,
    )


def _arguments(contract: Contract) -> dict[tuple[str, tuple[str, ...]], str]:
    """What each expectation of the suite demands, as JSON; left out where two of a kind ask of the same columns."""
    demanded: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for expectation in contract.suite:
        arguments = dict(expectation.arguments)
        single, several = arguments.pop("column", None), arguments.pop("column_list", ())
        asked = (str(single),) if single else tuple(map(str, several)) if isinstance(several, list | tuple) else ()
        text = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS, default=str).decode() if arguments else ""
        demanded.setdefault((expectation.type, asked), []).append(text)
    return {key: texts[0] for key, texts in demanded.items() if len(texts) == 1 and texts[0]}


def metrics(candidate: Candidate) -> DatasetFacet:
    """Rows, nulls and values of each column, as measured over what would become visible."""
    counts = {
        column.name: data_quality_metrics_dataset.ColumnMetrics(
            nullCount=column.nulls, count=candidate.rows - column.nulls, quantiles=None
        )
        for column in candidate.columns
    }
    return data_quality_metrics_dataset.DataQualityMetricsDatasetFacet(
        columnMetrics=counts, rowCount=candidate.rows, producer=PRODUCER
    )


def input_metrics(rows: int | None, nulls: Mapping[str, int]) -> InputDatasetFacet:
    """Rows and nulls of an input, where they are known."""
    counts = {
        name: data_quality_metrics_input_dataset.ColumnMetrics(nullCount=count, quantiles=None)
        for name, count in nulls.items()
    }
    return data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet(
        columnMetrics=counts, rowCount=rows, producer=PRODUCER
    )


def input_statistics(rows: int | None, size: int | None, files: int | None) -> InputDatasetFacet:
    """What was read: rows, bytes, files."""
    return input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        rowCount=rows, size=size, fileCount=files, producer=PRODUCER
    )


def version(of: int | str) -> DatasetFacet:
    """The dataset's version: Delta's, or a delivered file's digest."""
    return dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=str(of), producer=PRODUCER)


def written(write: Write) -> output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet:
    """What the commit added: rows, bytes, files."""
    return output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=sum(file.rows for file in write.adds),
        size=sum(file.size for file in write.adds),
        fileCount=len(write.adds),
        producer=PRODUCER,
    )


def lifecycle(write: Write) -> DatasetFacet | None:
    """CREATE for a first commit, OVERWRITE where the shape was replaced, else nothing."""
    if write.parent >= 0 and not write.overwrite:
        return None
    change = lifecycle_state_change_dataset.LifecycleStateChange
    return lifecycle_state_change_dataset.LifecycleStateChangeDatasetFacet(
        lifecycleStateChange=change.CREATE if write.parent < 0 else change.OVERWRITE, producer=PRODUCER
    )


def storage() -> dict[str, DatasetFacet]:
    """What every governed table is: a Delta table of Parquet files."""
    return {
        "storage": storage_dataset.StorageDatasetFacet(storageLayer="delta", fileFormat="parquet", producer=PRODUCER),
        "datasetType": dataset_type_dataset.DatasetTypeDatasetFacet(datasetType="TABLE", producer=PRODUCER),
    }


def delivery() -> dict[str, DatasetFacet]:
    """What a delivered file is."""
    return {"datasetType": dataset_type_dataset.DatasetTypeDatasetFacet(datasetType="FILE", producer=PRODUCER)}


def documentation(about: str) -> DatasetFacet:
    """What the dataset is, in words."""
    return documentation_dataset.DocumentationDatasetFacet(description=about, producer=PRODUCER)


def tags(contract: Contract) -> DatasetFacet | None:
    """The contract's tags, of the table and of its columns; nothing where there are none."""
    found: list[tuple[str, str | None]] = [(tag, None) for tag in sorted(contract.tags)]
    found += [(tag, column.name) for column in contract.columns for tag in sorted(column.tags)]
    if not found:
        return None
    told = [
        tags_dataset.TagsDatasetFacetFields(key=tag, value="true", source="CONTRACT", field=column)
        for tag, column in found
    ]
    return tags_dataset.TagsDatasetFacet(tags=told, producer=PRODUCER)


def receipts(candidate: Candidate) -> DatasetFacet:
    """How well the answered columns are signed."""
    fields: list[dict[str, Any]] = []
    for column in candidate.columns:
        # None of `unsigned` is a column that owes no receipt.
        if column.answered and column.unsigned is not None:
            told: dict[str, Any] = {"field": column.name, "unsigned": column.unsigned}
            if column.lowest_confidence is not None and math.isfinite(column.lowest_confidence):
                told["lowestConfidence"] = str(Decimal(repr(float(column.lowest_confidence))))
            fields.append(told)
    return Receipts(rows=candidate.rows, fingerprints=candidate.fingerprints, fields=fields, producer=PRODUCER)


def model_use(candidate: Candidate) -> RunFacet:
    """The models that answered in the attempt, and what that cost."""
    models = [
        {
            "task": model.task,
            "name": model.name,
            "version": model.version,
            "digest": model.digest,
            "answers": model.answers,
            **({"registered": model.registered_digest} if model.registered_digest is not None else {}),
            **({"standing": model.standing} if model.standing is not None else {}),
        }
        for model in candidate.models
    ]
    return ModelUse(models=models, cost=str(candidate.cost), producer=PRODUCER)


def tests(verdict: Verdict) -> RunFacet:
    """Each rule's word as a test: admitted passes, refused fails, not applicable is skipped."""
    status = {Outcome.ADMITTED: "pass", Outcome.REFUSED: "fail", Outcome.NOT_APPLICABLE: "skip"}
    told = [
        test_run.TestExecution(
            name=finding["rule"],
            status=status[Outcome(finding["outcome"])],
            severity="error",
            type="policy",
            description=finding["why"] or None,
            params={"about": finding["about"]} if finding["about"] else None,
        )
        for finding in verdict.plain()["findings"]
    ]
    return test_run.TestRunFacet(tests=told, producer=PRODUCER)


def gate_decision(
    verdict: Verdict, candidate: Candidate, *, ledger_index: int, permit: str | None, trace: str | None
) -> RunFacet:
    """The verdict with its thread to ledger, permit and trace."""
    return GateDecision(
        admitted=verdict.admitted,
        policy=verdict.policy,
        engine=verdict.engine,
        profile=candidate.profile,
        draft=verdict.draft,
        ledgerIndex=ledger_index,
        permit=permit,
        traceId=trace,
        considered=candidate.considered,
        quarantined=candidate.quarantined,
        findings=[dict(finding) for finding in verdict.plain()["findings"]],
        producer=PRODUCER,
    )
