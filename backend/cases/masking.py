"""Who an applicant is, as everybody may read it."""

from api_spec.vocabulary import ApplicantKind
from backend.cases.filing import Applicant
from backend.people.identity import mask_name


def masked_name(applicant: Applicant) -> str:
    """A surname, or the first characters of an organisation's name."""
    if applicant.kind is ApplicantKind.ORGANISATION:
        return f"{applicant.name[:4]}***"
    return mask_name(applicant.name)
