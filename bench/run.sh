#!/usr/bin/env bash
# Throughput as ratios to a bare reverse proxy of the same API call, then the
# benchmarks of the parts. Loopback only; ends by itself.
set -euo pipefail
cd "$(dirname "$0")/.."
go run ./bench/load "$@"
go test -run '^$' -bench 'AgentsPage|ListAgents|Decode|Load|Save|Search|PlanChange|Plan|Crawl' -benchtime 300ms \
	./templates/pages ./apiclient ./web/session ./roster
