import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import NIOCore
import OpenIDMessages
import ProviderHarness
import Testing

/// Branding is data, not HTML, CSS, JS or remote addresses.
@Suite("A town's logo on the login page (checklist K5)")
struct LogoEndpointTests {
    /// A grey pixel.
    private static let png = Base64URL.decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg")!

    private static func provider() async throws -> TestProvider {
        let provider = try await TestProvider()
        try provider.changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                region.tenants[index].branding = Branding(logo: try? RasterImage(png: png))
            }
        }
        return provider
    }

    @Test("the page shows it from our own address, which the page's policy lets in and nothing else's")
    func page() async throws {
        try await Site.serve(Self.provider()) { site in
            let browser = Browser(site)
            let page = try await browser.get(try await browser.begin())
            #expect(page.text.contains("<img class=\"logo\" src=\"/logos/herten\" alt=\"Logo: Stadt Herten\""))
            let pictures = page.headers[.contentSecurityPolicy]?.firstMatch(of: /img-src ([^;]*);/)?.output.1
            #expect(pictures == "'self' data:")
            let logo = try await site.get("/logos/herten")
            #expect(logo.status == .ok && Array(logo.body.readableBytesView) == Self.png)
            func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { logo.headers[$0] } }
            #expect(header("Content-Type") == "image/png" && header("X-Content-Type-Options") == "nosniff")
            #expect(header("Content-Security-Policy") == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
            #expect(header("Cross-Origin-Resource-Policy") == "same-origin")
            #expect(header("Cache-Control") == "public, max-age=300" && header("Set-Cookie") == nil)
        }
    }

    @Test(
        "whoever has none, is not live or is nobody has no picture",
        arguments: ["marl", "nobody", "HERTEN", "herten.png", "..%2Fherten", "%00", "herten%20"])
    func none(name: String) async throws {
        try await Site.serve(Self.provider()) { site in
            let answer = try await site.get("/logos/" + name)
            #expect(answer.status == .notFound, "\(answer.text)")
            #expect(answer.headers[.contentType] != "image/png")
        }
    }

    @Test("a town that is suspended shows nothing any more")
    func suspended() async throws {
        let provider = try await Self.provider()
        try provider.changeRegion { region in
            for index in region.tenants.indices { region.tenants[index].state = .suspended }
        }
        try await Site.serve(provider) { site in
            let answer = try await site.get("/logos/herten")
            #expect(answer.status == .notFound)
        }
    }
}
