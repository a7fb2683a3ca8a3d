"""Pages of onboarding, one module for each; `onboarding.urls` names them all."""
