"""``mail``: the server that letters are handed to."""

SAYS = "Try the mail server of the settings."
