"""Whether a consumer group has members."""

from typing import Final

from aiokafka.admin import AIOKafkaAdminClient

_STATES_WITHOUT_MEMBERS: Final = ("Empty", "Dead")


async def has_members(admin: AIOKafkaAdminClient, group: str) -> bool:
    """Return whether the group of that name on the cluster has members; there may be no group."""
    (answer,) = await admin.describe_consumer_groups([group])
    return answer.groups[0][2] not in _STATES_WITHOUT_MEMBERS
