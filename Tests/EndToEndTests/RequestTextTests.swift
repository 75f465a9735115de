import OpenIDMessages
import Testing

@testable import citizen_phone

/// docs/protocol.md D-4.4.1.
@Suite("What a person reads before answering a login", .endsInTime)
struct RequestTextTests {
    private func lines(_ flow: LoginFlow, _ binding: BrowserBinding, knownSince: Timestamp? = nil) -> [String] {
        let begun = Timestamp(seconds: 1_772_442_912)
        let text = "Anmelden?"
        let nonce = Nonce(rawValue: String(repeating: "A", count: 43))!
        return RequestText.lines(
            LoginRequestStatement(
                issuer: IssuerURL(rawValue: "https://id.example")!,
                device: DeviceIdentifier(rawValue: "device-0123456789")!,
                transaction: TransactionIdentifier(rawValue: "txn-0123456789abcdef")!, nonce: nonce, issuedAt: begun,
                expiresAt: begun + 180, purpose: .login,
                portal: PortalDescription(
                    client: ClientIdentifier(rawValue: "portal")!, name: "Portal", host: "portal.example",
                    tenant: TenantIdentifier(rawValue: "herten")!, tenantName: "Stadt Herten"),
                acr: "normal", essentialClaims: [], voluntaryClaims: [], text: text,
                textDigest: ContentDigest(rawValue: nonce.rawValue)!,
                initiator: LoginInitiator(
                    browser: "Fire\u{202E}fox", area: "192.0.2.x", sameNetwork: false, startedAt: begun,
                    knownSince: knownSince),
                flow: flow, binding: binding))
    }

    private func line(_ name: String, _ lines: [String]) -> String? { lines.first { $0.hasPrefix(name + ":") } }

    @Test func `the Known line says what the provider signed, and nothing else`() throws {
        let known = lines(.qr, .knownBrowser, knownSince: Timestamp(seconds: 1_772_438_400))
        #expect(
            line("Known", known)
                == "Known:       yes, you had this browser remembered at 2026-03-02T08:00:00Z; it needs no digits")
        let unknown = try #require(line("Known", lines(.qr, .code)))
        #expect(unknown.hasPrefix("Known:       NO, you did not have this browser remembered."))
        #expect(line("Known", lines(.link, .return))?.hasPrefix("Known:       not looked at") == true)
        for binding in [BrowserBinding.callCode, .none] {
            let asked = lines(.backChannel, binding)
            #expect(line("Known", asked) == nil && line("Browser", asked) == nil)
            #expect(line("Asked by", asked) == "Asked by:    the portal itself, without a browser")
        }
    }

    @Test func `the browser is named with its network, and cannot act on the terminal`() {
        #expect(
            line("Browser", lines(.qr, .code))
                == "Browser:     Fire‹U+202E›fox, 192.0.2.x, ANOTHER NETWORK than this device")
    }
}
