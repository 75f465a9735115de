internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let devices: [AccountRoute] = [
        AccountRoute(
            .get, "/devices", "see the devices of the account",
            .read { call in
                let devices = try await call.service.devices.list(call.device)
                return ["devices": .array(devices.map { .object($0.json(current: call.device)) })]
            }),
        AccountRoute(
            .post, "/devices/{device}/name", "give a device another name", events: [.deviceRenamed],
            .change { call in
                let name = try call.read { (reader) throws(MessageError) in
                    let name = try reader.string("name", maximumLength: 128)
                    guard !name.isEmpty, !DisplayText.hasHiddenCharacters(name) else { throw .malformed("name") }
                    return name
                }
                let device: DeviceIdentifier = try call.identifier("device")
                try await call.service.devices.rename(device, to: name, by: call.device)
                return ["device": .string(device.rawValue), "name": .string(name)]
            }),
        AccountRoute(
            .post, "/devices/{device}/suspension", "suspend a device, this one or another",
            events: [.deviceSuspended, .sessionEnded],
            .confirmed(.suspendDevice) { call in
                try call.expectNothing()
                return try await call.service.devices.suspending(
                    call.identifier("device"), by: call.device, language: call.language)
            }),
    ]
}
