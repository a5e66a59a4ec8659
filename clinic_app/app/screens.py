"""What computing and drawing a picture needs; apart from `compose`, since most commands do neither."""

from clinic_app.app.compose import Clinic
from clinic_app.picture.tables import RESOURCES, PictureTables, tables_from
from clinic_app.viewmodels.look import read_look
from clinic_app.viewmodels.screen import ScreenSettings


def picture_tables(clinic: Clinic) -> PictureTables:
    """Reference tables and rules; what only switched-off codes could tell is marked so."""
    texts = {name: clinic.resources.text(name) for name in RESOURCES}
    return tables_from(texts, clinic.switched_off())


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
