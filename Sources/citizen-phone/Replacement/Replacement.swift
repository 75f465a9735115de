import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// A new device takes the place of this one. The old one stays in use until the new one has answered with its PIN: at
/// whichever step this is interrupted, one of both can log in, and the same command goes on.
struct Replacement {
    let old: DeviceAuthenticator
    let oldDevice: DeviceIdentifier
    let oldPIN: PIN
    let confirmation: ConfirmationOptions
    let console: Console

    /// A link with which the new device enrols.
    func link(tenant: String?) async throws -> String {
        guard let tenant else {
            throw CommandFailure(
                .usage,
                "Es gibt noch kein neues Gerät. Nennen Sie mit --tenant Ihre Stadt, um dessen Link zu bekommen.",
                "There is no new device yet. Name your town with --tenant to get its link.")
        }
        let answer = try await perform(.addDevice(tenant: tenant), with: old, oldPIN)
        guard let link = answer["link"]?.string else {
            throw DeviceError.unexpectedAnswer(status: 200, what: "there is no link")
        }
        return link
    }

    /// Lets the new device in, unless it is already.
    func admit(_ device: DeviceIdentifier) async throws {
        guard let found = try await old.devices().first(where: { $0.device == device }), device != oldDevice else {
            throw CommandFailure(
                .usage, "\(device) ist kein anderes Gerät dieses Kontos. Es wurde nichts getan.",
                "\(device) is no other device of this account. Nothing was done.")
        }
        switch found.state {
        case "active": return
        case "pending":
            _ = try await perform(try .ofDevice(.approveDevice, device.rawValue, "approval"), with: old, oldPIN)
        default:
            throw CommandFailure(
                .deviceBlocked,
                "Zustand des neuen Geräts: \(WireWord.text(found.state, of: .device, .german)). Dieses Gerät bleibt in "
                    + "Gebrauch.",
                "The new device is \(found.state). This device stays in use.")
        }
    }

    /// Takes the old device away: confirmed on the new one, or on the old one itself when that has been seen to work.
    func dismiss(by phone: DeviceAuthenticator, pin: PIN) async throws {
        _ = try await perform(try .ofDevice(.revokeDevice, oldDevice.rawValue, "revocation"), with: phone, pin)
    }

    /// The one device that has enrolled since then.
    func newcomer(since before: Set<DeviceIdentifier>, seconds: Int64) async throws -> DeviceIdentifier {
        let found = try await poll(seconds: seconds) { () async throws -> [AccountDevice]? in
            let waiting = try await old.devices().filter { $0.state == "pending" && !before.contains($0.device) }
            return waiting.isEmpty ? nil : waiting
        }
        guard let found else {
            throw CommandFailure(
                .nothingWaits, "Kein neues Gerät wurde rechtzeitig eingerichtet. Dieses Gerät bleibt in Gebrauch.",
                "No new device enrolled in time. This device stays in use.")
        }
        guard found.count == 1 else {
            throw CommandFailure(
                .findings,
                "Mehr als ein neues Gerät wartet. Lehnen Sie die ab, die nicht Ihre sind (`devices revoke GERÄT`), und gehen "
                    + "Sie dann mit --successor GERÄT weiter. Dieses Gerät bleibt in Gebrauch.",
                "More than one new device waits. Refuse those that are not yours (`devices revoke DEVICE`), then go on with "
                    + "--successor DEVICE. This device stays in use.")
        }
        return found[0].device
    }

    /// Waits until the provider has taken an answer with the PIN of the new device: a login or a confirmation, as the
    /// person's own audit trail has it.
    func waitForAnswer(of device: DeviceIdentifier, seconds: Int64) async throws {
        let answered = try await poll(seconds: seconds) { () async throws -> Bool? in
            let events = try await old.accountView("/audit").objects("events")
            return events.contains { Self.isAnswer($0, of: device) } ? true : nil
        }
        guard answered == true else {
            throw CommandFailure(
                .nothingWaits,
                "Das neue Gerät hat sich noch nicht angemeldet. Dieses Gerät bleibt in Gebrauch. Wenn es sich angemeldet hat, "
                    + "gehen Sie mit --successor \(device) weiter.",
                "The new device has not logged in yet. This device stays in use. When it has, go on with --successor \(device)."
            )
        }
    }

    static func isAnswer(_ event: JSONObject, of device: DeviceIdentifier) -> Bool {
        ["auth.approved", "auth.confirmed"].contains(event["kind"]) && event["outcome"] == "success"
            && event["object"]?.string == device.rawValue
    }

    private func perform(_ act: AccountAct, with phone: DeviceAuthenticator, _ pin: PIN) async throws -> JSONObject {
        try await confirmation.perform(act, with: phone, console, pin: pin)
    }

    /// Asks every second until there is an answer; at least once.
    private func poll<Value>(seconds: Int64, _ ask: () async throws -> Value?) async throws -> Value? {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if let value = try await ask() { return value }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
