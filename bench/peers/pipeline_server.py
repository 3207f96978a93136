"""FastAPI with a transformers pipeline: how a model is most often put behind an address.

MODEL=folder uvicorn bench.peers.pipeline_server:app
"""

import os
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from transformers import pipeline  # noqa: TID253  (this is the peer, not the studio)

classify = pipeline("text-classification", model=os.environ["MODEL"], top_k=None)
app = FastAPI()


class Inputs(BaseModel):
    inputs: list[str]


@app.post("/predict")
def predict(asked: Inputs) -> list[Any]:
    return classify(asked.inputs)
