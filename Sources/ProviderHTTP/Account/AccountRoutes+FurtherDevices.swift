internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let furtherDevices: [AccountRoute] = [
        AccountRoute(
            .post, "/devices", "get a link for a further device", events: [.ticketIssued],
            .confirmed(.addDevice) { call in
                let tenant: TenantIdentifier = try call.read { (reader) throws(MessageError) in
                    try reader.wire("tenant")
                }
                guard call.service.devices.knows(tenant) else { throw DeviceRefusal(.notFound, .objectUnknown) }
                return call.service.devices.adding(for: tenant, language: call.language)
            }),
        AccountRoute(
            .post, "/devices/{device}/approval", "let a waiting device in", events: [.deviceActivated],
            .confirmed(.approveDevice) { call in
                try call.expectNothing()
                return try await call.service.devices.approving(
                    call.identifier("device"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/devices/{device}/recovery", "use a lost device again that was found", events: [.deviceActivated],
            .confirmed(.findDevice) { call in
                try call.expectNothing()
                return try await call.service.devices.finding(
                    call.identifier("device"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/devices/{device}/revocation", "take a device away for good, or refuse one that waits",
            events: [.deviceRevoked, .sessionEnded],
            .confirmed(.revokeDevice) { call in
                try call.expectNothing()
                return try await call.service.devices.revoking(
                    call.identifier("device"), by: call.device, language: call.language)
            }),
    ]
}
