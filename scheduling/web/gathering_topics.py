"""The form with which whose class it is puts topics in order: the same on a family's page and on the school's."""

from flask import g, request

from scheduling.domain.gathering_topics import NoSuchTopics, TopicChoice
from scheduling.services import gathering_topics
from scheduling.web.clock import now


def choose_posted(planned_id: int) -> None:
    """What the pressed button says of which topic."""
    choice, topic = request.form.get("choice", ""), request.form.get("topic", type=int)
    if choice not in set(TopicChoice) or topic is None:
        raise NoSuchTopics
    gathering_topics.choose(planned_id=planned_id, topic_id=topic, choice=TopicChoice(choice), by=g.actor, now=now())
