"""The app as gunicorn serves it in the race: settings from the environment."""

import os

from app import create_app

app = create_app({"INSTANCE_PATH": os.environ["RACE_INSTANCE"]})
