#!/bin/bash
# Formats the volume when it is empty, then runs the broker in this process' place.
set -euo pipefail
bin=/opt/kafka/bin
config=/etc/parley-kafka/server.properties
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$config"
exec "$bin/kafka-server-start.sh" "$config"
