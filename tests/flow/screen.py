"""A display of its own (Xvfb) whose frame buffer is read: what is measured is what a person would see."""

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.flow.program import until

Frame = npt.NDArray[np.uint32]
AVAILABLE = shutil.which("Xvfb") is not None
WIDTH, HEIGHT = 1920, 1080
_HEADER = struct.Struct(">25I")


class Screen:
    """One Xvfb screen of 1920×1080."""

    def __init__(self, folder: Path) -> None:
        """``folder`` gets the frame buffer file."""
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                f"{WIDTH}x{HEIGHT}x24",
                "-fbdir",
                str(folder),
            ],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.name = f":{number.readline().strip()}"
        file = folder / "Xvfb_screen0"
        until(lambda: file.exists() and file.stat().st_size > WIDTH * HEIGHT * 4, "the frame buffer")
        header = _HEADER.unpack(file.read_bytes()[: _HEADER.size])
        size, line, colours = header[0], header[12] // 4, header[19]
        pixels = np.memmap(file, dtype=np.uint32, mode="r", offset=size + colours * 12, shape=(HEIGHT, line))
        self._pixels: Frame = pixels[:, :WIDTH]

    def frame(self, bottom: int = HEIGHT) -> Frame:
        """A copy of what is shown now, down to a row."""
        return np.array(self._pixels[:bottom])

    def changed(self, before: Frame) -> bool:
        """Whether any pixel of that part differs by now."""
        return not np.array_equal(self._pixels[: before.shape[0]], before)

    def still(self, seconds: float, bottom: int) -> Frame:
        """The frame once it has not changed for so long."""
        frame, since = self.frame(bottom), time.monotonic()

        def is_still() -> bool:
            nonlocal frame, since
            if self.changed(frame):
                frame, since = self.frame(bottom), time.monotonic()
            return time.monotonic() - since > seconds

        until(is_still, "a still screen")
        return frame

    def seconds_until_change(self, before: Frame, act: Callable[[], object], limit: float = 30.0) -> float:
        """Act, then look until a pixel differs; how long that took from the beginning of the act."""
        begun = time.monotonic()
        act()
        while not self.changed(before):
            assert time.monotonic() - begun < limit, "nothing on the screen changed"
            time.sleep(0.002)
        return time.monotonic() - begun

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(20)
