// DeviceAuthenticator
