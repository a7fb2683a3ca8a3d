"""The wizard's forms. AWS's own rules come from `portal.aws.names` and `onboarding.spec`, never from here.

A form is bound to what was typed once the reader submitted the page; before that, what was typed is its initial value,
so that an unfinished page shows no errors. `submitted` says which.
"""
