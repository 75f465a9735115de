// RelyingParty
