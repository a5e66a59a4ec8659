"""What drawing on a screen needs; apart from `compose`, since most commands draw nothing."""

from clinic_app.app.compose import Clinic
from clinic_app.viewmodels.look import read_look
from clinic_app.viewmodels.screen import ScreenSettings


def screen_settings(clinic: Clinic) -> ScreenSettings:
    """What the exam room and the clinic chose."""
    chosen = clinic.settings.clinic
    return ScreenSettings(
        look=read_look(clinic.resources.toml, clinic.resources.data),
        viewing_distance_m=chosen.viewing_distance_m,
        screen_inches=chosen.screen_inches,
        demonstration=chosen.demonstration,
        clinic_name=chosen.name,
    )
