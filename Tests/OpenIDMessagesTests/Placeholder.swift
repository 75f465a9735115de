// OpenIDMessagesTests
