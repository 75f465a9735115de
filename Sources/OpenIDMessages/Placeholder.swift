// OpenIDMessages
