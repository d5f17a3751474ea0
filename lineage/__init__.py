"""What came from what, in the words of OpenLineage: pure builders of events, facets and receipts."""
