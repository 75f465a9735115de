import IdentityCrypto
import OpenIDMessages
import Testing

@Suite("G1 and protocol §3, a login link is the provider's, of its flow and fresh")
struct LinkAuthenticationTests {
    static let links = LinkAuthentication(issuer: TestKeys.issuer, key: [UInt8](repeating: 3, count: 32))
    static let handle = Base64URL.encode([UInt8](repeating: 1, count: 16))
    static let start = TestKeys.now

    private func check(
        _ link: DeviceLink, at seconds: Int64 = 0, by links: LinkAuthentication = links
    ) -> LinkAuthentication.Verdict {
        links.check(link, now: Self.start + seconds) { $0 == Self.handle ? Self.start : nil }
    }

    @Test(
        "a frame is good from one ahead to three behind",
        arguments: [
            (-3, false), (-2, false), (-1, true), (0, true), (1, true), (2, true), (3, true), (4, false), (5, false),
        ]
            as [(Int64, Bool)])
    func frames(age: Int64, isGood: Bool) {
        // In the tenth frame, at its first and at its last second.
        let link = Self.links.qrLink(handle: Self.handle, frame: 10 - age)
        for second in [20, 21] as [Int64] {
            #expect(check(link, at: second) == (isGood ? .authentic(handle: Self.handle, flow: .qr) : .stale))
        }
    }

    @Test(
        "frames are two seconds long and begin with the login",
        arguments: [
            (-5, 0), (0, 0), (1, 0), (2, 1), (3, 1), (119, 59),
        ] as [(Int64, Int64)])
    func frameNumbers(seconds: Int64, frame: Int64) {
        #expect(LinkAuthentication.frame(at: Self.start + seconds, start: Self.start) == frame)
    }

    @Test("a link on the same device has no frame and stays good")
    func sameDevice() {
        let link = Self.links.sameDeviceLink(handle: Self.handle)
        #expect(check(link, at: 100) == .authentic(handle: Self.handle, flow: .link))
    }

    @Test("each link survives its text")
    func texts() throws {
        for link in [Self.links.sameDeviceLink(handle: Self.handle), Self.links.qrLink(handle: Self.handle, frame: 7)] {
            #expect(DeviceLink(parsing: link.text) == link)
        }
    }

    @Test("a link with anything changed is forged")
    func forged() throws {
        guard case .qr(_, _, let qr) = Self.links.qrLink(handle: Self.handle, frame: 0).target,
            case .sameDevice(_, let same) = Self.links.sameDeviceLink(handle: Self.handle).target
        else { throw JWSError.malformed }
        let other = Base64URL.encode([UInt8](repeating: 2, count: 16))
        let forgeries: [DeviceLink.Target] = [
            // The flow is swapped: a frame of 0 is what a link without frame has in its MAC.
            .sameDevice(handle: Self.handle, mac: qr), .qr(handle: Self.handle, frame: 0, mac: same),
            .qr(handle: Self.handle, frame: 1, mac: qr), .qr(handle: other, frame: 0, mac: qr),
            .sameDevice(handle: other, mac: same), .sameDevice(handle: Self.handle, mac: ""),
            .sameDevice(handle: Self.handle, mac: String(same.dropLast())),
            .enrolment(ticket: Self.handle, key: TestKeys.es256.thumbprint),
        ]
        for target in forgeries { #expect(check(DeviceLink(issuer: TestKeys.issuer, target: target)) == .forged) }
        let elsewhere = try #require(IssuerURL(rawValue: "https://id2.example"))
        #expect(check(DeviceLink(issuer: elsewhere, target: .sameDevice(handle: Self.handle, mac: same))) == .forged)
    }

    @Test("neither another key nor another issuer makes our links")
    func otherMakers() throws {
        let elsewhere = try #require(IssuerURL(rawValue: "https://id.example:8443"))
        for maker in [
            LinkAuthentication(issuer: TestKeys.issuer, key: [UInt8](repeating: 4, count: 32)),
            LinkAuthentication(issuer: elsewhere, key: [UInt8](repeating: 3, count: 32)),
        ] {
            #expect(check(maker.sameDeviceLink(handle: Self.handle)) == .forged)
            // The same target under our issuer.
            let moved = DeviceLink(issuer: TestKeys.issuer, target: maker.sameDeviceLink(handle: Self.handle).target)
            #expect(check(moved) == .forged)
        }
    }

    @Test("an authentic frame of a login that is not known is old")
    func unknownLogin() {
        let link = Self.links.qrLink(handle: Base64URL.encode([UInt8](repeating: 9, count: 16)), frame: 0)
        #expect(check(link) == .stale)
    }
}
