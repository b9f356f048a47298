"""The blueprint that all pages of execution hang on."""

from flask import Blueprint

bp = Blueprint("execution", __name__, url_prefix="/execution", template_folder="../templates")
