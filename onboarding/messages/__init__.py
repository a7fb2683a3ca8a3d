"""The English of onboarding's messages, one catalogue for each subject."""
