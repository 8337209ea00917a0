"""Complete studies of simulated ratings on phantom images: for demos, guides and load."""

from reader_study.coordination.simulation.people import Staff, simulated_staff
from reader_study.coordination.simulation.phantoms import phantom_packs
from reader_study.coordination.simulation.study import SIMULATED_PROTOCOL, simulate_study

__all__ = ["SIMULATED_PROTOCOL", "Staff", "phantom_packs", "simulate_study", "simulated_staff"]
