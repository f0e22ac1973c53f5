"""FHIR R4: bundles, folders of bundles, bulk exports; resource by resource into facts."""
