# `make` says what there is. Every target needs a JDK 25 or newer and finds it as ./lethe does.
.DEFAULT_GOAL := help
.PHONY: help build quickstart examples quickstart-model mkl test e2e format crds image manifests bench clean

SHELL := /bin/bash
export JAVA_HOME = $(shell src/cli/launch/jdk.sh)
MVN := ./mvnw -B -ntp

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compile; ./lethe does it by itself when a source has changed
	@./lethe --version

quickstart: ## a whole removal request on a tiny model: some minutes on a laptop
	./lethe run -f examples/quickstart/unlearningjob.yaml --workdir target/quickstart

examples: quickstart ## the quickstart, then each stage alone: the commands of examples/README.md for a laptop
	rm -rf target/stages
	grep '^    \./lethe ' examples/README.md | $(SHELL) -ex

quickstart-model: ## the quickstart's model made anew: learn a vocabulary, initialise, memorise the rows
	rm -rf target/quickstart-model
	mkdir -p target/quickstart-model
	cat examples/quickstart/forget.jsonl examples/quickstart/retain.jsonl > target/quickstart-model/rows.jsonl
	./lethe init --config examples/quickstart/config.json --vocabulary target/quickstart-model/rows.jsonl --seed 42 target/quickstart-model/init
	./lethe train -f examples/quickstart/memorise.yaml
	mkdir -p examples/quickstart/model
	cp target/quickstart-model/model/{config.json,model.safetensors,tokenizer.json,tokenizer_config.json} examples/quickstart/model/

test: ## everything that this machine can test
	$(MVN) verify
	bench/gpu --if-possible
	e2e/run --if-possible

e2e: ## scenarios in a real Kubernetes, in a container: needs a Docker engine; TEST= runs one
	e2e/run

format: ## palantir-java-format, by Spotless
	$(MVN) -q spotless:apply

crds: ## crds/, the chart's copy, docs/reference.md and the tables of docs/methods.md anew
	$(MVN) -q -pl src/api -am test -Dtest=CrdsTest -Dlethe.crds.write=true -Dsurefire.failIfNoSpecifiedTests=false
	cp crds/*.yaml helm/lethe/files/crds/

mkl: ## Intel's MKL for ./lethe, under Intel's licence: faster where the processor is theirs; LETHE_BLAS= chooses
	image/wheels image/mkl.wheels "$${XDG_CACHE_HOME:-$$HOME/.cache}/lethe/mkl"

image: ## the images: BASE=, TAG=, REGISTRY= change base and names; GPU=cuda13 adds a worker for GPUs, BLAS=mkl MKL
	image/build

manifests: ## the chart rendered into target/manifests, for kustomize and kubectl
	$(MVN) -q -pl helm -am test -Dtest=ChartTest#isWrittenForKustomize -Dsurefire.failIfNoSpecifiedTests=false

bench: ## benchmarks, peers beside this project where Python is there
	bench/run

clean: ## remove everything that was built
	$(MVN) -q clean
	rm -rf target
