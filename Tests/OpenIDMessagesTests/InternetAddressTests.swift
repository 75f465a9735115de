import OpenIDMessages
import Testing

@Suite("Internet addresses")
struct InternetAddressTests {
    @Test(
        "the canonical spelling is read and written",
        arguments: [
            "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "2001:db8:0:1::",
            "fe80::1:0:0:1",
            "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "1::4:0:0:7:8", "64:ff9b::7f00:1",
        ])
    func canonical(text: String) throws {
        let address = try #require(InternetAddress(rawValue: text))
        #expect(address.rawValue == text)
        #expect(InternetAddress(bytes: address.bytes) == address)
        #expect(address.isIPv6 == text.contains(":"))
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "+1.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1..3.4", ":",
            ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "::1::", "1:2:3:4:5:6:7:8::",
            "0:0:0:0:0:0:0:1", "::01", "::G", "2001:DB8::1", "1:0:0:4:5:6:7:8", "1:0:0:4::7:8", "::ffff:c000:201",
            "::1.2.3.4",
            "::ffff:1.2.3", "::1.2.3.4:5", "::1%lo", "[::1]", "::+1", "1::2:", ":1::2",
        ])
    func notCanonical(text: String) { #expect(InternetAddress(rawValue: text) == nil) }

    @Test("of bytes only four or sixteen are an address", arguments: 0...17)
    func byteCounts(count: Int) {
        #expect((InternetAddress(bytes: Array(repeating: 1, count: count)) != nil) == (count == 4 || count == 16))
    }

    @Test(
        "the first and last address of each network, and their neighbours",
        arguments: [
            ("0.255.255.255", AddressClass.unspecified), ("1.0.0.0", .global), ("9.255.255.255", .global),
            ("10.0.0.0", .privateUse), ("10.255.255.255", .privateUse), ("11.0.0.0", .global),
            ("100.63.255.255", .global), ("100.64.0.0", .sharedSpace), ("100.127.255.255", .sharedSpace),
            ("100.128.0.0", .global), ("126.255.255.255", .global), ("127.0.0.0", .loopback),
            ("127.255.255.255", .loopback), ("128.0.0.0", .global), ("169.253.255.255", .global),
            ("169.254.0.0", .linkLocal), ("169.255.0.0", .global), ("172.15.255.255", .global),
            ("172.16.0.0", .privateUse), ("172.31.255.255", .privateUse), ("172.32.0.0", .global),
            ("192.0.0.255", .protocolAssignment), ("192.0.1.0", .global), ("192.0.2.0", .documentation),
            ("192.0.3.0", .global), ("192.88.99.255", .sixToFour), ("192.167.255.255", .global),
            ("192.168.0.0", .privateUse), ("192.169.0.0", .global), ("198.17.255.255", .global),
            ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking), ("198.20.0.0", .global),
            ("198.51.100.0", .documentation), ("203.0.113.255", .documentation), ("203.0.114.0", .global),
            ("223.255.255.255", .global), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
            ("240.0.0.0", .reserved), ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
            ("::", .unspecified), ("::1", .loopback), ("::2", .compatibleIPv4), ("::ffff:8.8.8.8", .mappedIPv4),
            ("::1:0:0", .reserved), ("::ffff:0:808:808", .translatedIPv4), ("64:ff9b::", .translatedIPv4),
            ("64:ff9b::ffff:ffff", .translatedIPv4), ("64:ff9b:1:ffff::", .translatedIPv4), ("64:ff9b:2::", .reserved),
            ("100::1", .discard), ("1fff:ffff::", .reserved), ("2000::", .global), ("2001::1", .teredo),
            ("2001:2::", .benchmarking), ("2001:1ff::", .protocolAssignment), ("2001:200::", .global),
            ("2001:db7:ffff::", .global), ("2001:db8::", .documentation), ("2001:db9::", .global),
            ("2001:ffff::", .global), ("2002::", .sixToFour), ("2003::", .global), ("3ffe:ffff::", .global),
            ("3fff:fff::", .documentation), ("3fff:1000::", .global), ("4000::", .reserved),
            ("5f00::", .protocolAssignment), ("fbff::", .reserved), ("fc00::", .privateUse), ("fdff::", .privateUse),
            ("fe00::", .reserved), ("fe80::", .linkLocal), ("febf::", .linkLocal), ("fec0::", .siteLocal),
            ("feff::", .siteLocal), ("ff00::", .multicast), ("ffff::", .multicast),
        ])
    func classes(text: String, addressClass: AddressClass) throws {
        #expect(try #require(InternetAddress(rawValue: text)).addressClass == addressClass)
    }

    @Test(
        "a network is an address with zeros behind its prefix",
        arguments: [
            ("10.0.0.0/8", true), ("0.0.0.0/0", true), ("10.0.0.1/32", true), ("::/0", true), ("::1/128", true),
            ("fd00::/8", true), ("10.0.0.1/31", false), ("10.0.0.1/8", false), ("10.0.0.0/33", false),
            ("::/129", false),
            ("10.0.0.0/-1", false), ("10.0.0.0/+8", false), ("10.0.0.0/08", false), ("10.0.0.0", false),
            ("10.0.0.0/", false),
            ("/8", false), ("10.0.0.0/8/8", false), ("10/8", false), ("10.0.0.0/255.0.0.0", false), ("[::]/0", false),
        ])
    func networks(text: String, isNetwork: Bool) { #expect((NetworkRange(rawValue: text) != nil) == isNetwork) }

    @Test("0.0.0.0/0 holds every IPv4 address and no IPv6 address")
    func everything() throws {
        let all = try #require(NetworkRange(rawValue: "0.0.0.0/0"))
        #expect(all.contains(try #require(InternetAddress(rawValue: "255.255.255.255"))))
        #expect(!all.contains(try #require(InternetAddress(rawValue: "::ffff:1.2.3.4"))))
    }
}
