import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

/// A browser that is no part of the product: curl with a jar of cookies.
struct Browser: Sendable {
    let here: Installation
    let jar: String

    init(_ here: Installation) throws {
        self.here = here
        jar = try here.folder.write("jar-\(UInt32.random(in: 0 ... .max))", "")
    }

    struct Page: Sendable {
        let address: String
        let status: Int
        let text: String
    }

    /// Opens an address and expects the provider's login page.
    func open(_ address: String) async throws -> LoginPage {
        let page = try await load(address)
        return try #require(LoginPage(html: page.text), "\(page.address) (\(page.status))")
    }

    /// Follows redirects as browsers do; `fields` makes it a form that was sent, by a page of the provider's unless another
    /// origin is named.
    func load(
        _ address: String, fields: [(name: String, value: String)] = [], from origin: String? = nil,
        accept: String = "text/html"
    ) async throws -> Page {
        var arguments = [
            "--silent", "--show-error", "--location", "--max-time", "30", "--cacert", here.ca, "--cookie", jar,
            "--cookie-jar", jar, "--header", "Accept: \(accept)", "--write-out", "\n%{http_code} %{url_effective}",
        ]
        for field in fields { arguments += ["--data-urlencode", field.name + "=" + field.value] }
        if !fields.isEmpty { arguments += ["--header", "Origin: \(origin ?? here.issuer)"] }
        let result = try await Program.run("/usr/bin/curl", arguments + [address])
        try #require(result.status == 0, "\(result)")
        let parts = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        let end = try #require(parts.last).split(separator: " ")
        return Page(
            address: String(end[1]), status: Int(end[0]) ?? 0, text: parts.dropLast().joined(separator: "\n"))
    }
}
