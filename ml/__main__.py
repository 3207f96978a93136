"""`python -m ml`: train, predict and evaluate from the command line, without a database."""

from __future__ import annotations

import os
import sys

# Before anything of theirs is loaded: these libraries neither ask the network nor start threads
# that a fork would break.
os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    TOKENIZERS_PARALLELISM="false",
    # Threads that wait sleep: spinning costs more than it wins where others compute as well.
    OMP_WAIT_POLICY="PASSIVE",
)

from ml.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
