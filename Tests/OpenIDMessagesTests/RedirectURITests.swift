import OpenIDMessages
import TestVectors
import Testing

@Suite("RFC 9700 §2.1: a redirect URI is compared byte for byte")
struct RedirectURITests {
    static let registered = [
        "https://portal.example/callback", "https://bauen.bochum.example/login/callback?mandant=bochum&x=%20",
        "https://portal.example:8443/cb", "http://127.0.0.1:8765/callback", "https://xn--mnchen-3ya.example/cb",
    ]

    @Test("registered URIs are taken as they are", arguments: registered)
    func registeredURIsAreTaken(_ text: String) throws {
        let uri = try #require(RedirectURI(rawValue: text))
        #expect(Array(uri.rawValue.utf8) == Array(text.utf8))
        #expect(uri == RedirectURI(rawValue: text))
    }

    @Test("no hostile variant is taken for the registered URI", arguments: registered)
    func hostileVariantsAreNotTaken(_ text: String) throws {
        let registered = try #require(RedirectURI(rawValue: text))
        let variants = RedirectURICorpus.hostileVariants(of: text)
        #expect(variants.count >= 300)
        #expect(Set(variants.map { Array($0.utf8) }).count == variants.count, "each is there once")
        for variant in variants {
            #expect(Array(variant.utf8) != Array(text.utf8))
            guard let read = RedirectURI(rawValue: variant) else { continue }
            #expect(read != registered && read.hashValue != registered.hashValue, "\(variant.debugDescription)")
            #expect(Array(read.rawValue.utf8) == Array(variant.utf8), "it was not normalised")
        }
    }

    @Test(
        "URIs that two readers could resolve differently cannot be registered",
        arguments: [
            "", "https://", "https:///cb", "https://a.example/cb#", "https://a.example/cb#x", "https://a.example#",
            "https://user@a.example/cb", "https://a.example@b.example/cb", "https://a.example:443@b.example/cb",
            "https://a.example\\@b.example/cb", "https://a.example/../cb", "https://a.example/./cb",
            "https://a.example/cb/..", "https://a.example/cb/.", "https://a.example/%2e%2e/cb",
            "https://a.example/%2fcb",
            "https://a.example/c%62", "https://a.example/cb?x=%", "https://a.example/cb?x=%4",
            "https://a.example/cb?x=%4g",
            "https://a.example?x=1", "https://A.example/cb", "HTTPS://a.example/cb", "Https://a.example/cb",
            "https://a.example./cb", "https://a..example/cb", "https://.example/cb", "https://a/cb",
            "https://a.example:/cb", "https://a.example:0/cb", "https://a.example:08/cb", "https://a.example:65536/cb",
            "https://a.example:+80/cb", "https://a.example: 80/cb", "https://a.example:http/cb",
            "https://*.example/cb", "https://a.example/*", "https://a.example/cb?x=*", "https://a.example*", "*",
            "https://a_b.example/cb", "https://-a.example/cb", "https://ä.example/cb", "https://a.exаmple/cb",
            "https://a.example/cb\n", "https://a.example/\tcb", " https://a.example/cb", "https://a.example/cb\u{0}",
            "https://a.example/<cb>", "https://a.example/\"cb", "https://a.example/{cb}", "https://a.example/cb^",
            "https://a.example/[cb]", "https://a.example/cb?[]", "https://[a.example]/cb",
            "http://a.example/cb", "http://127.0.0.2/cb", "http://127.1/cb", "http://localhost.example/cb",
            "http://192.168.0.1/cb", "http://0.0.0.0/cb", "http://[::]/cb", "http://[::1", "http://[::1]x/cb",
            "http://[0:0:0:0:0:0:0:1]/cb", "http://[::ffff:127.0.0.1]/cb", "https://[::ffff:127.0.0.1]/cb",
            "https://2130706433/cb", "https://0x7f000001/cb", "https://0177.0.0.1/cb", "https://127.1/cb",
            "https://127.0.0.0x1/cb", "https://127.0x1/cb", "https://1.0x7f000001/cb", "https://a.0x/cb",
            "https://1.2.3.256/cb", "https://1.2.3.04/cb", "https://a.b.c.4/cb", "https://1.2.3.4.5/cb",
            "javascript:alert(1)", "javascript://a.example/%0aalert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
            "file:///etc/passwd", "blob:https://a.example/x", "ftp://a.example/cb", "com.example.app:/cb", "/cb",
            "//a.example/cb", "https:a.example/cb", "https:/a.example/cb", "urn:ietf:wg:oauth:2.0:oob",
        ])
    func ambiguousURIsAreRefused(_ text: String) {
        #expect(RedirectURI(rawValue: text) == nil)
    }

    @Test(
        "plain URIs can be registered",
        arguments: [
            ("https://a.example", "a.example", false), ("https://a.example/", "a.example", false),
            ("https://a.example/cb/", "a.example", false), ("https://a.example:443/cb", "a.example", false),
            ("https://a-b.c.example/c/d.e~f_g-h;i=1@j:k", "a-b.c.example", false),
            ("https://a.example/cb?x=%C3%A4&y=/../", "a.example", false), ("https://192.0.2.1/cb", "192.0.2.1", false),
            ("https://a.0xyz/cb", "a.0xyz", false), ("https://a.x0/cb", "a.x0", false),
            ("http://127.0.0.1/cb", "127.0.0.1", true), ("http://[::1]:8080/cb", "[::1]", true),
            ("http://localhost:65535/cb", "localhost", true), ("https://localhost/cb", "localhost", true),
        ])
    func plainURIsAreTaken(text: String, host: String, isLoopback: Bool) throws {
        let uri = try #require(RedirectURI(rawValue: text))
        #expect(uri.host == host && uri.isLoopback == isLoopback && uri.rawValue == text)
    }

    @Test("a URI ends at 2048 characters")
    func lengthIsBounded() {
        func uri(_ count: Int) -> String { "https://a.example/" + String(repeating: "a", count: count - 18) }
        #expect(RedirectURI(rawValue: uri(2048)) != nil)
        #expect(RedirectURI(rawValue: uri(2049)) == nil)
    }

    @Test("parameters stand behind those that the URI has")
    func parametersAreAppended() throws {
        let parameters = FormParameters(["code": "a b", "state": "&#"])
        let plain = try #require(RedirectURI(rawValue: "https://a.example/cb"))
        #expect(plain.appending(parameters) == "https://a.example/cb?code=a%20b&state=%26%23")
        let withQuery = try #require(RedirectURI(rawValue: "https://a.example/cb?x=1"))
        #expect(withQuery.appending(parameters) == "https://a.example/cb?x=1&code=a%20b&state=%26%23")
    }
}

@Suite(
    "WHATWG URL: browsers and the provider read a redirect URI alike",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct BrowserURLTests {
    @Test("the collection is whole")
    func collectionIsWhole() {
        #expect(BrowserURLCase.all.count > 850)
        #expect(BrowserURLCase.all.count { $0.hostname != nil } > 580)
    }

    @Test("what is taken is what a browser goes to")
    func acceptedURIsAreReadAlike() {
        for testCase in BrowserURLCase.all {
            guard let uri = RedirectURI(rawValue: testCase.input) else { continue }
            #expect(testCase.hostname == uri.host, "\(testCase.input.debugDescription)")
            #expect(
                [testCase.input, testCase.input + "/"].contains(testCase.href), "\(testCase.input.debugDescription)")
        }
    }

    @Test("a host is taken only when a browser goes to that very host")
    func hostsAreReadAlike() {
        let hosts = BrowserURLCase.all.compactMap { testCase -> (host: String, browser: String?)? in
            guard let scheme = ["https://", "http://"].first(where: { testCase.input.hasPrefix($0) }) else {
                return nil
            }
            return (String(testCase.input.dropFirst(scheme.count).prefix { $0 != "/" }), testCase.hostname)
        }
        #expect(hosts.count > 200)
        for (host, browser) in hosts {
            guard let uri = RedirectURI(rawValue: "https://\(host)/cb") else { continue }
            // A name in malformed Punycode leads a browser nowhere.
            let leadsNowhere = browser == nil && host.contains("xn--")
            #expect(uri.host == browser || leadsNowhere, "\(host.debugDescription)")
        }
    }

    @Test("no text of the collection is taken for a registered URI", arguments: RedirectURITests.registered)
    func noInputIsTaken(_ text: String) throws {
        let registered = try #require(RedirectURI(rawValue: text))
        let path = text.split(separator: "/", maxSplits: 2).last.map(String.init) ?? ""
        for input in BrowserURLCase.all.map(\.input) {
            for variant in [input, text + input, "https://" + input + "/" + path, "https://portal.example" + input] {
                #expect(RedirectURI(rawValue: variant) != registered || variant.utf8.elementsEqual(text.utf8))
            }
        }
    }
}
