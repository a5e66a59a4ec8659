"""What the start leaves behind is set aside from the garbage collector, once."""

import gc

from clinic_app.ui.memory import spare_collections


def test_what_the_start_made_is_set_aside_once() -> None:
    spare_collections()
    held = gc.get_freeze_count()
    assert held > 0
    spare_collections()
    assert gc.get_freeze_count() == held
    assert gc.get_threshold()[0] == 20_000
