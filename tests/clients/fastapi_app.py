"""An app inside FastAPI, as its developer would write it, in an interpreter that has the SDK's wheel."""

import os

import uvicorn
from fastapi import FastAPI

from portico_sdk import asgi
from portico_sdk.apps import App

app = App(
    os.environ["PORTICO_CLIENT_ID"],
    os.environ["PORTICO_CLIENT_SECRET"],
    os.environ["PORTICO_SIGNING_SECRET"],
    os.environ["PORTICO_BASE_URL"],
)
api = FastAPI()
seen = []


@app.on("ticket.created")
def remember(event, workspace):
    seen.append(event.data["subject"])


@app.panel("home")
def home(context):
    return "<p>Hello</p>"


@api.get("/own")
def own():
    return {"seen": seen}


api.mount("/portico", asgi.application(app))
uvicorn.run(api, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
