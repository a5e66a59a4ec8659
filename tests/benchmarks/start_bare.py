"""Baseline: a bare PySide6 window with one pyqtgraph plot."""

import sys

import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from tests.benchmarks.painted import say_painted

if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = QMainWindow()
    plot = pyqtgraph.PlotWidget()
    plot.plot([1, 2, 3], [2, 1, 3])
    window.setCentralWidget(plot)
    window.resize(1600, 900)
    window.show()
    application.processEvents()
    say_painted()
    QTimer.singleShot(0, application.quit)
    application.exec()
