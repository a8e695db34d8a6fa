# Every target is python3 run.py of the same name; ARGS are passed on: make test ARGS="-k split"
PYTHON ?= python3

.PHONY: demo test check setup
demo test check setup:
	@$(PYTHON) run.py $@ $(ARGS)
