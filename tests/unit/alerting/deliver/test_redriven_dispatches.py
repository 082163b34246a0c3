"""Dispatches that a person redrives from the dead letters."""

from dataclasses import replace

import pytest

from services.alerting.deliver.channels.answers import Answer, Verdict
from shared.messages.schemas import DeliveryState
from tests.delivery_scene import DeliveryScene
from tests.delivery_tools import dispatch

BAD = (Answer(verdict=Verdict.MALFORMED, detail="400"), False)
LOST = (Answer(verdict=Verdict.IN_DOUBT, detail="reset"), True)


@pytest.mark.parametrize("is_lost", [False, True])
async def test_one_that_may_have_been_accepted_is_marked(is_lost: bool) -> None:
    """It is posted alone now, so its notification is another one: the mark must not be lost."""
    scene = DeliveryScene()
    scene.answers["newsroom"] = [LOST, BAD, BAD] if is_lost else [BAD, BAD]
    refused = dispatch(1)
    assert refused.article is not None
    reprint = replace(refused.article.article, article_id="reprint", source="Another Wire")
    scene.publish(refused)
    article = replace(refused.article, article=reprint)
    scene.publish(replace(refused, dispatch_id="reprint", article=article))
    await scene.move(600.0)
    (dead,) = scene.entries().values()
    assert dead.state is DeliveryState.DEAD
    assert len(dead.dispatch_ids) == 2
    posts = len(scene.posts)
    scene.publish(refused, is_redriven=True)
    await scene.move(600.0)
    assert [(post.is_marked, post.is_accepted) for post in scene.posts[posts:]] == [(is_lost, True)]
    scene.publish(refused, is_redriven=True)
    await scene.move(600.0)
    assert len(scene.posts) == posts + 1, "it is delivered now"
    await scene.kill()


async def test_one_that_waits_in_the_state_is_not_forgotten_by_a_restart() -> None:
    """Its story may have been told meanwhile, and would fold it."""
    scene = DeliveryScene()
    scene.answers["newsroom"] = [BAD, BAD]
    refused = dispatch(1)
    scene.publish(refused)
    await scene.move(600.0)
    again = replace(refused, dispatch_id="again")
    scene.publish(again)
    await scene.run()
    scene.publish(refused, is_redriven=True)
    await scene.store()
    await scene.kill()
    await scene.move(600.0)
    accepted = [post.notification_id for post in scene.posts if post.is_accepted]
    owners = [scene.entries()[notification_id].dispatch_ids for notification_id in accepted]
    assert owners == [("again",), (refused.dispatch_id,)]
    await scene.kill()
