/// What an address is for, after the IANA registries of special-purpose addresses (RFC 6890).
public enum AddressClass: String, Sendable, Hashable, CaseIterable {
    /// A host of the public internet.
    case global
    case unspecified, loopback, privateUse, sharedSpace, linkLocal, documentation, benchmarking, multicast, broadcast
    case protocolAssignment, discard, siteLocal, reserved
    /// IPv6 addresses that hold or lead to an IPv4 address, which may be any.
    case mappedIPv4, compatibleIPv4, translatedIPv4, sixToFour, teredo
}

extension InternetAddress {
    /// What the address is for. What no table names as public is not: of IPv6 only 2000::/3 has been given out
    /// (RFC 4291 §2.4 and IANA).
    public var addressClass: AddressClass {
        if let special = Self.specialNetworks.first(where: { $0.range.contains(self) }) { return special.addressClass }
        return isIPv6 && !Self.unicast.contains(self) ? .reserved : .global
    }

    // The texts are constants in their canonical spelling; every test of this type reads all of them.
    private static let unicast = NetworkRange(rawValue: "2000::/3")!

    /// The narrower network stands before the wider.
    private static let specialNetworks: [(range: NetworkRange, addressClass: AddressClass)] = [
        ("0.0.0.0/8", .unspecified),  // RFC 791 §3.2
        ("10.0.0.0/8", .privateUse), ("172.16.0.0/12", .privateUse), ("192.168.0.0/16", .privateUse),  // RFC 1918
        ("100.64.0.0/10", .sharedSpace),  // RFC 6598
        ("127.0.0.0/8", .loopback),  // RFC 1122 §3.2.1.3
        ("169.254.0.0/16", .linkLocal),  // RFC 3927; metadata services of clouds
        ("192.0.2.0/24", .documentation), ("198.51.100.0/24", .documentation),  // RFC 5737
        ("203.0.113.0/24", .documentation), ("192.0.0.0/24", .protocolAssignment),  // RFC 6890
        ("192.88.99.0/24", .sixToFour),  // RFC 7526
        ("198.18.0.0/15", .benchmarking),  // RFC 2544
        ("224.0.0.0/4", .multicast),  // RFC 5771
        ("255.255.255.255/32", .broadcast), ("240.0.0.0/4", .reserved),  // RFC 919, RFC 1112 §4
        ("::/128", .unspecified), ("::1/128", .loopback),  // RFC 4291 §2.5
        ("::ffff:0.0.0.0/96", .mappedIPv4), ("::/96", .compatibleIPv4),  // RFC 4291 §2.5.5
        ("::ffff:0:0:0/96", .translatedIPv4),  // RFC 2765 §2.1
        ("64:ff9b::/96", .translatedIPv4), ("64:ff9b:1::/48", .translatedIPv4),  // RFC 6052, RFC 8215
        ("100::/64", .discard), ("100:0:0:1::/64", .discard),  // RFC 6666, RFC 9780
        ("2001::/32", .teredo),  // RFC 4380
        ("2001:2::/48", .benchmarking),  // RFC 5180
        ("2001::/23", .protocolAssignment),  // RFC 2928
        ("2001:db8::/32", .documentation), ("3fff::/20", .documentation),  // RFC 3849, RFC 9637
        ("2002::/16", .sixToFour),  // RFC 3056
        ("5f00::/16", .protocolAssignment),  // RFC 9602
        ("fc00::/7", .privateUse),  // RFC 4193
        ("fe80::/10", .linkLocal), ("fec0::/10", .siteLocal),  // RFC 4291 §2.5.6, RFC 3879
        ("ff00::/8", .multicast),  // RFC 4291 §2.7
    ].map { text, addressClass in (NetworkRange(rawValue: text)!, addressClass) }
}
