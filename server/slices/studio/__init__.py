"""The studio: one page of a lesson for its lecturer, its covers, and who else has its words open."""
