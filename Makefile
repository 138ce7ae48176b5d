# Each target is one command. What it needs and this machine lacks is installed first, by .ci/setup.
# Variables: STATE (run), KILLS (torture), SECONDS_EACH (fuzz).

STATE ?= state
KILLS ?= 100
SECONDS_EACH ?= 60

.PHONY: run test office image boot boots web torture fuzz bench lint doc setup

run:
	.ci/stage run $(STATE)

test:
	.ci/stage test

office:
	.ci/stage office

image:
	.ci/stage image

boot:
	.ci/stage boot

boots:
	.ci/stage boots

web:
	.ci/stage web

torture:
	.ci/stage torture $(KILLS)

fuzz:
	.ci/stage fuzz $(SECONDS_EACH)

bench:
	.ci/stage bench

lint:
	.ci/stage lint

doc:
	cargo doc --workspace --no-deps --document-private-items

setup:
	.ci/setup all
