"""Rehearsal: an officer walks through a call as an applicant before it is published. Every page is a reading one: nothing can be stored."""
