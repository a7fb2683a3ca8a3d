"""Pages of onboarding, by the names of the rooms they serve; `onboarding.urls` lists them all."""
