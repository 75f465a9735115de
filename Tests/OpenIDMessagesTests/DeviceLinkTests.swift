import OpenIDMessages
import Testing

@Suite("A device link is whole and has nothing added")
struct DeviceLinkTests {
    static let ticket = Base64URL.encode([UInt8](repeating: 0x11, count: 14))
    static let handle = Base64URL.encode([UInt8](repeating: 0x22, count: 16))
    static let mac = Base64URL.encode([UInt8](repeating: 0x33, count: 16))
    static let key = Base64URL.encode([UInt8](repeating: 0x44, count: 32))

    static let enrolment = "https://id.example/app/e/\(ticket)#k=\(key)"
    static let qr = "https://id.example:8443/app/q/\(handle).1754000000.\(mac)"
    static let sameDevice = "https://id.example/app/s/\(handle).\(mac)"

    @Test("a link is read and printed as it was", arguments: [enrolment, qr, sameDevice])
    func linksSurvive(_ text: String) throws {
        let link = try #require(DeviceLink(parsing: text))
        #expect(link.text == text)
        #expect(DeviceLink(parsing: link.text) == link)
        #expect(DeviceLink(issuer: link.issuer, target: link.target) == link)
    }

    @Test("each kind of link says what it leads to")
    func targets() throws {
        let thumbprint = try #require(KeyThumbprint(rawValue: Self.key))
        let enrolment = try #require(DeviceLink(parsing: Self.enrolment))
        #expect(enrolment.target == .enrolment(ticket: Self.ticket, key: thumbprint) && enrolment.flow == nil)
        let qr = try #require(DeviceLink(parsing: Self.qr))
        #expect(qr.target == .qr(handle: Self.handle, frame: 1_754_000_000, mac: Self.mac) && qr.flow == .qr)
        #expect(qr.issuer.rawValue == "https://id.example:8443")
        let sameDevice = try #require(DeviceLink(parsing: Self.sameDevice))
        #expect(sameDevice.target == .sameDevice(handle: Self.handle, mac: Self.mac) && sameDevice.flow == .link)
    }

    @Test(
        "with one character less, more or different it is no link or another one",
        arguments: [enrolment, qr, sameDevice])
    func oneCharacterMatters(_ text: String) throws {
        let link = try #require(DeviceLink(parsing: text))
        for index in text.indices {
            let before = text[..<index]
            let rest = text[text.index(after: index)...]
            for change in ["", "A", "z", "0", "-", "/", ".", "#", "%", " ", "\n", "\u{0}", "\u{301}", "é"] {
                for variant in ["\(before)\(change)\(rest)", "\(before)\(change)\(text[index...])"]
                where variant != text {
                    guard let read = DeviceLink(parsing: variant) else { continue }
                    #expect(read != link && read.text == variant, "\(variant.debugDescription)")
                }
            }
        }
    }

    @Test(
        "near-misses are no links",
        arguments: [
            // Before, behind and around.
            "", " " + enrolment, enrolment + " ", qr + "\n", qr + "/", qr + "?", qr + "?a=1", qr + "#",
            qr + "#k=" + key,
            sameDevice + "?uv=1", sameDevice + "/..", sameDevice + ".", sameDevice + "." + mac, qr + qr,
            enrolment + "&x=1",
            // Another scheme, another host form, another path.
            "http://id.example/app/s/\(handle).\(mac)", "HTTPS://id.example/app/s/\(handle).\(mac)",
            "citizenid://id.example/app/s/\(handle).\(mac)", "id.example/app/s/\(handle).\(mac)",
            "https://ID.example/app/s/\(handle).\(mac)", "https://id.example:443/app/s/\(handle).\(mac)",
            "https://a@id.example/app/s/\(handle).\(mac)", "https://id.example./app/s/\(handle).\(mac)",
            "https://id.example//app/s/\(handle).\(mac)", "https://id.example/x/app/s/\(handle).\(mac)",
            "https://id.example/app//s/\(handle).\(mac)", "https://id.example/app/s//\(handle).\(mac)",
            "https://id.example/App/s/\(handle).\(mac)", "https://id.example/app/S/\(handle).\(mac)",
            "https://id.example/app/x/\(handle).\(mac)", "https://id.example/app/s\(handle).\(mac)",
            "https://id.example/app/", "https://id.example/app/s/", "https://id.example/app/s/.",
            "/app/s/\(handle).\(mac)",
            "https://id.example/%61pp/s/\(handle).\(mac)", "https://id.example/app/app/s/\(handle).\(mac)",
            "https://id.example?/app/s/\(handle).\(mac)", "https://id.example#/app/s/\(handle).\(mac)",
            // One kind in the form of another.
            "https://id.example/app/e/\(ticket)", "https://id.example/app/e/\(ticket)#\(key)",
            "https://id.example/app/e/\(ticket)?k=\(key)", "https://id.example/app/e/\(ticket)#K=\(key)",
            "https://id.example/app/e/\(ticket)#k=\(key)#k=\(key)", "https://id.example/app/e/\(handle)#k=\(key)",
            "https://id.example/app/e/\(ticket)#k=\(mac)", "https://id.example/app/e/#k=\(key)",
            "https://id.example/app/q/\(handle).\(mac)", "https://id.example/app/s/\(handle).0.\(mac)",
            "https://id.example/app/s/\(ticket).\(mac)", "https://id.example/app/s/\(handle).\(key)",
            // A frame in another spelling.
            "https://id.example/app/q/\(handle).01.\(mac)", "https://id.example/app/q/\(handle).+1.\(mac)",
            "https://id.example/app/q/\(handle).-1.\(mac)", "https://id.example/app/q/\(handle).-0.\(mac)",
            "https://id.example/app/q/\(handle)..\(mac)", "https://id.example/app/q/\(handle).1e3.\(mac)",
            "https://id.example/app/q/\(handle).0x1.\(mac)", "https://id.example/app/q/\(handle).１.\(mac)",
            "https://id.example/app/q/\(handle).9223372036854775808.\(mac)",
            // The same bytes in another spelling: padding and spare bits.
            "https://id.example/app/s/\(handle)==.\(mac)", "https://id.example/app/s/\(handle).\(mac)==",
            "https://id.example/app/s/\(handle.dropLast())j.\(mac)", "https://id.example/app/e/\(ticket)=#k=\(key)",
            "https://id.example/app/e/\(ticket)#k=\(key)=",
            "https://id.example/app/s/" + String(repeating: "A", count: 1024),
        ])
    func nearMissesAreNoLinks(_ text: String) {
        #expect(DeviceLink(parsing: text) == nil)
    }

    @Test("the greatest frame is read")
    func greatestFrame() {
        for frame in [0, 1, Int64.max] {
            let text = "https://id.example/app/q/\(Self.handle).\(frame).\(Self.mac)"
            #expect(DeviceLink(parsing: text)?.text == text)
        }
    }
}
