"""The blueprint that all pages of acceptance hang on."""

from flask import Blueprint

bp = Blueprint("acceptance", __name__, url_prefix="/acceptance", template_folder="../templates")
