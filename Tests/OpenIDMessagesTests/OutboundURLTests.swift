import OpenIDMessages
import Testing

@Suite("OutboundURL: https, one spelling of the host")
struct OutboundURLTests {
    @Test(
        "well-formed URLs and their parts",
        arguments: [
            ("https://portal.example", "portal.example", 443, "/"),
            ("https://portal.example/jwks", "portal.example", 443, "/jwks"),
            ("https://portal.example:8443/a/b?c=%20&d=/?", "portal.example", 8443, "/a/b?c=%20&d=/?"),
            ("https://192.0.2.7:443/", "192.0.2.7", 443, "/"), ("https://[2001:db8::1]/", "[2001:db8::1]", 443, "/"),
            ("https://[::ffff:127.0.0.1]:1/", "[::ffff:127.0.0.1]", 1, "/"),
            ("https://xn--strae-oqa.example/", "xn--strae-oqa.example", 443, "/"),
        ])
    func wellFormed(text: String, host: String, port: UInt16, target: String) throws {
        let url = try #require(OutboundURL(rawValue: text))
        #expect(url.host.description == host)
        #expect(url.port == port)
        #expect(url.requestTarget == target)
        #expect(url.authority == (port == 443 ? host : "\(host):\(port)"))
    }

    @Test(
        "other texts are refused",
        arguments: [
            "", "https://", "https:///jwks", "http://portal.example/", "HTTPS://portal.example/",
            "https:portal.example/",
            "https:/portal.example/", "ftp://portal.example/", "file:///etc/passwd", "//portal.example/",
            "https://portal.example#x", "https://portal.example/#", "https://u@portal.example/",
            "https://u:p@portal.example/", "https://portal.example:/", "https://portal.example:0/",
            "https://portal.example:00443/", "https://portal.example:65536/", "https://portal.example:-1/",
            "https://Portal.example/", "https://portal..example/", "https://.portal.example/",
            "https://portal.example./", "https://portal/", "https://-portal.example/", "https://p_q.example/",
            "https://straße.example/", "https://portal.example?x", "https://portal.example\\a",
            "https://portal.example/\\",
            "https://portal.example/ ", " https://portal.example/", "https://portal.example/\n",
            "https://por\ttal.example/",
            "https://portal.example/%", "https://portal.example/%0", "https://portal.example/%zz",
            "https://portal.example/%0d%0aX:y", "https://portal.example/%00", "https://portal.example/[",
            "https://*.example/",
            "https://%70ortal.example/", "https://portal.example/ä", "https://[2001:DB8::1]/", "https://[::1]x/",
            "https://[192.0.2.7]/", "https://2001:db8::1/", "https://192.0.2.07/", "https://192.0.2/",
            "https://3221225991/",
        ])
    func refused(text: String) { #expect(OutboundURL(rawValue: text) == nil) }

    @Test("2048 characters are read, one more is not")
    func length() {
        let longest = "https://portal.example/" + String(repeating: "x", count: 2048 - 23)
        #expect(OutboundURL(rawValue: longest) != nil)
        #expect(OutboundURL(rawValue: longest + "x") == nil)
    }
}
