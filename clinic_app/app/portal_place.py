"""Where the portal of a home is: the settings' own, else the embedded one."""

from clinic_app.app.compose import Clinic
from clinic_app.app.status import read_status


def portal_address(clinic: Clinic) -> str:
    """Address of the pages: the settings' own, else where the embedded portal says that it is or would be."""
    portal = clinic.settings.portal
    if portal.url:
        return portal.url.rstrip("/").removesuffix("/fhir")
    running = read_status(clinic.home.status("portal")).get("portal")
    return str(running) if running else f"http://{portal.host}:{portal.port}"


def fhir_base(clinic: Clinic) -> str:
    """Base of the FHIR interface."""
    return clinic.settings.portal.url.rstrip("/") or f"{portal_address(clinic)}/fhir"
