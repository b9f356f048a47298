"""The two addresses of this room."""

from flask import Blueprint

bp = Blueprint("ideas", "app.stages.ideas.views", url_prefix="/ideas", template_folder="templates")
topics_bp = Blueprint("topics", "app.stages.ideas.topic_views", url_prefix="/topics")
