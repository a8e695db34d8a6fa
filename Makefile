# Every target is python3 run.py of the same name; ARGS are passed on: make test ARGS="-k split"
PYTHON ?= python3

.PHONY: help demo test check setup bundle audit
help:  # the first one: a bare `make` shows what there is
	@$(PYTHON) run.py help
demo test check setup bundle audit:
	@$(PYTHON) run.py $@ $(ARGS)
