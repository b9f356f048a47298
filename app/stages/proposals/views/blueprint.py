"""The blueprint that the views of this room hang on."""

from flask import Blueprint

bp = Blueprint("proposals", "app.stages.proposals", url_prefix="/proposals", template_folder="templates")
