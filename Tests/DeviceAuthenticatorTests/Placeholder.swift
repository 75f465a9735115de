// DeviceAuthenticatorTests
