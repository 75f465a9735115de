// QRCodeTests
