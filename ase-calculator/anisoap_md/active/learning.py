# SPDX-License-Identifier: MIT
"""Active learning: LAMMPS runs with a model until it is uncertain, a reference labels what it met, the model learns.

Round 0 labels the initial frames and trains. Every further round explores (LAMMPS), collects the uncertain configurations,
labels them and trains on all frames so far; the run ends after `rounds` rounds, or when no LAMMPS run met the threshold.
"""

import os
from typing import Any

from ..common.execution import Execution
from ..frames import devices
from .config import Config
from .report import report, write_report
from .state import State
from .steps import run_step


def active_learn(
    config: str | os.PathLike[str], show_progress: bool = False, device: str | None = None
) -> dict[str, Any]:
    """Runs, or goes on with, the active learning of a YAML file.

    Parameters
    ----------
    config : path
    show_progress : bool
    device : str, optional
        Of predictions and training, as of ``Descriptor``; None is that of the section `descriptor`, or 'cpu'. Explorations run in
        a LAMMPS, which has a keyword of its own.

    Returns
    -------
    dict
        The report, as in report.json of the state folder, which is written after every step: 'rounds', a list of what each
        did, and 'finished', why the run ended.

    Raises
    ------
    ArgumentError
        For settings that are wrong, or changed since the run began; the text names the key.
    RuntimeError
        For a LAMMPS run that failed, a missing package, or a state folder that another process uses.
    """
    settings = Config.load(config)
    chosen = settings.descriptor.get("device", "cpu") if device is None else device
    execution = Execution(device=devices.checked(chosen), progress=show_progress)
    with State.opened(settings) as state:
        while (step := state.next_step(settings.rounds)) is not None:
            write_report(settings, state)
            facts = run_step(settings, state, *step, execution)
            state.finish(*step, facts)
        write_report(settings, state)
        return report(settings, state)
