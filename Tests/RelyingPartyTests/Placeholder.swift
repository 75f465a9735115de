// RelyingPartyTests
