import OpenIDMessages
import ProviderCore
import TestCertificates
import Testing

@testable import OutboundHTTP

@Suite(
    "M1: whatever the spelling, no way leads inside (Keycloak CVE-2020-10770, CVE-2026-1180; Zitadel CVE-2025-67494)")
struct AddressCorpusTests {
    static let hosts = [
        // Loopback in the spellings of inet_aton, of browsers and of hopeful parsers.
        "127.0.0.1", "127.0.0.1:22", "127.1", "127.0.1", "127.127.127.127", "127.255.255.254", "2130706433",
        "2130706433.", "017700000001", "0177.0.0.1", "0177.0.0.01", "00000177.0.0.1", "0x7f000001", "0x7F.0.0.1",
        "0x7f.0x0.0x0.0x1", "0X7F000001", "127.0.0.0x1", "127.0.0.01", "127.000.000.001", "127.0.0.1.", "127.0.0.1..",
        "127.0.0.1.0x", "0x", "4294967296", "127.0.0.257", "383.0.0.1", "127.0.0.1%00", "127.0.0.1%2f@a.example",
        "%31%32%37.0.0.1", "127。0。0。1", "\u{FF11}\u{FF12}\u{FF17}.0.0.1", "①②⑦.⓪.⓪.①", "127\u{00AD}.0.0.1",
        "127.0.0.1\t", "127.0.0.1 ",
        "\t127.0.0.1", "127.0.0.1\\@a.example", "a.example\\@127.0.0.1", "a.example@127.0.0.1", "@127.0.0.1",
        "a.example:b@127.0.0.1", "127.0.0.1#a.example", "127.0.0.1:0443", "127.0.0.1:65979", "127.0.0.1:",
        "127.0.0.1:+1",
        "LOCALHOST", "localhost.", "localhoſt", "localhost\u{0}", ".localhost", "localhost:443:80",
        // Loopback in IPv6, and IPv4 inside IPv6.
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::01]", "[::0.0.0.1]", "[::1%25lo]", "[::1%lo]", "[::1].", "::1", "[::1",
        "[[::1]]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]",
        "[::7f00:1]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[127.0.0.1]", "[v1.127.0.0.1]", "[]",
        // The unspecified address reaches this machine.
        "0.0.0.0", "0", "0.0.0.1", "[::]", "[0::0]",
        // Private, shared and link-local networks; metadata services.
        "10.0.0.1", "10.1", "012.0.0.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.257",
        "3232235521", "0xc0a80001", "100.64.0.1", "100.127.255.255", "169.254.169.254", "2852039166", "0xa9fea9fe",
        "0251.0376.0251.0376", "169.254.43518", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fc00::1]", "[fe80::1]", "[fe80::1%25eth0]",
        "[febf::1]", "[fec0::1]", "192.0.0.192", "100.100.100.200", "168.63.129.16.",
        // Others that are no host of the internet.
        "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "192.88.99.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[ff02::1]",
        "[2001:2::1]", "[5f00::1]", "[4000::1]", "[1::1]",
    ]

    /// The policy is asked itself: if it failed here, no packet would go to somebody's metadata service.
    @Test("refused when it is read or when its address is looked at, before any packet", arguments: hosts)
    func refused(host: String) {
        guard let url = OutboundURL(rawValue: "https://\(host)/jwks") else { return }
        guard case .address(let address) = url.host else {
            Issue.record("\(url.host) is taken for a name")
            return
        }
        #expect(address.addressClass != .global)
        #expect(throws: OutboundFailure.notAllowed(address.addressClass)) {
            try OutboundPolicy().check([address], of: url)
        }
    }

    @Test("an address in the URL is checked like the address of a name")
    func literal() async throws {
        let trap = try await TestParty(
            .says(Wire.keys), at: "127.0.0.1", tls: TestAuthority.shared.server(for: [], addresses: [[127, 0, 0, 1]]))
        let failure = await OutboundFetcher.test().failure(OutboundURL("https://127.0.0.1:\(trap.port)/"))
        #expect(failure == .notAllowed(.loopback))
        #expect(trap.connections == 0)
    }

    @Test("the corpus is large, and a good part of it is well-formed: both doors are tested")
    func corpus() {
        let wellFormed = Self.hosts.filter { OutboundURL(rawValue: "https://\($0)/jwks") != nil }
        #expect(Set(Self.hosts).count == Self.hosts.count)
        #expect(Self.hosts.count >= 120)
        #expect((45...90).contains(wellFormed.count))
    }

    @Test("localhost by the system's own name service is refused")
    func localhost() async {
        #expect(await SystemResolver().addresses(of: "localhost").contains(InternetAddress(rawValue: "127.0.0.1")!))
        let fetcher = OutboundFetcher.test(OutboundPolicy(), resolver: SystemResolver())
        #expect(await fetcher.failure(OutboundURL("https://localhost:8443/")) == .notAllowed(.loopback))
    }

    @Test(
        "a name that leads inside is refused by the class of its address",
        arguments: [
            ("10.1.2.3", AddressClass.privateUse), ("169.254.169.254", .linkLocal), ("100.64.0.1", .sharedSpace),
            ("::ffff:8.8.8.8", .mappedIPv4), ("64:ff9b::808:808", .translatedIPv4), ("fd00::1", .privateUse),
            ("2002:808:808::", .sixToFour), ("0.0.0.0", .unspecified),
        ])
    func names(address: String, addressClass: AddressClass) throws {
        let addresses = ["8.8.8.8", address].compactMap { InternetAddress(rawValue: $0) }
        #expect(addresses.count == 2)
        #expect(throws: OutboundFailure.notAllowed(addressClass)) {
            try OutboundPolicy().check(addresses, of: OutboundURL("https://metadata.example/"))
        }
    }

    @Test("public addresses pass the check", arguments: ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
    func publicAddresses(text: String) throws {
        let address = try #require(InternetAddress(rawValue: text))
        let checked = try OutboundPolicy().check([address], of: OutboundURL("https://portal.example/"))
        #expect(checked.map(\.address) == [address])
        #expect(checked.map(\.port) == [443])
    }
}
