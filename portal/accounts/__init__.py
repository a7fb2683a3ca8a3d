"""How people sign in and prove who they are: passwords, second factors, passkeys, sessions, invitations."""
