import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

@Suite("The account API: devices and sessions")
struct AccountEndpointTests {
    @Test("a person sees and renames the devices, and none of a stranger's")
    func devices() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let other = try await site.secondPhone(of: phone)
            let stranger = try await site.provider.enrolledPhone()
            let renamed = try await site.call(
                phone, .post, "/account/v1/devices/\(other.device)/name", json: ["name": "Küchentelefon"])
            #expect(renamed.status == .ok)
            let listed = try await site.call(phone, .get, "/account/v1/devices")
            let names = listed.json["devices"]?.array?.compactMap { $0.object?["name"]?.string }
            #expect(names == ["Telefon", "Küchentelefon"])
            for (target, name) in [(stranger.device.rawValue, "Meins"), ("x", "Meins"), ("device-0000000000", "Meins")]
            {
                let refused = try await site.call(
                    phone, .post, "/account/v1/devices/\(target)/name", json: ["name": .string(name)])
                #expect(refused.status == .notFound && refused.error == "not_found")
            }
            for name in ["", "a\u{202E}b", "a\nb", String(repeating: "a", count: 129)] {
                let refused = try await site.call(
                    phone, .post, "/account/v1/devices/\(other.device)/name", json: ["name": .string(name)])
                #expect(refused.status == .badRequest, "\(name.count)")
            }
        }
    }

    @Test("a person sees where somebody is signed in and ends it; a stranger cannot")
    func sessions() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let stranger = try await site.provider.enrolledPhone()
            let browser = Browser(site)
            _ = try await site.signIn(browser, phone: phone)
            let listed = try await site.call(phone, .get, "/account/v1/sessions")
            let session = try #require(listed.json["sessions"]?.array?.first?.object)
            let identifier = try #require(session["session"]?.string)
            #expect(session["portals"]?.array?.count == 1)
            let path = "/account/v1/sessions/\(identifier)"
            #expect(
                try await site.call(stranger, .get, "/account/v1/sessions").json["sessions"]?.array?.isEmpty == true)
            #expect(try await site.call(stranger, .delete, path).error == "not_found")
            #expect(try await site.call(phone, .delete, path).status == .ok)
            #expect(try await site.call(phone, .delete, path).error == "not_found")
            #expect(try await site.call(phone, .get, "/account/v1/sessions").json["sessions"]?.array?.isEmpty == true)
        }
    }
}

@Suite("The account API: its table")
struct AccountTableTests {
    /// A path of the route with identifiers that nobody has.
    private func path(_ route: AccountRoute) -> String {
        AccountRoute.prefix
            + route.parameters.reduce(route.path) { path, name in
                path.replacing("{\(name)}", with: "unknown-0123456789")
            }
    }

    @Test(
        "every route wants a device: nobody else learns even whether it exists",
        arguments: AccountRoutes.all.map(\.name))
    func authenticated(name: String) async throws {
        let route = try #require(AccountRoutes.all.first { $0.name == name })
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let response = try await site.client.execute(uri: path(route), method: route.method)
            #expect(response.status == .unauthorized)
            #expect(response.error == "invalid_attestation")
        }
    }

    @Test("every action has one route, and every route with a confirmation an action of its own")
    func actions() {
        let actions = AccountRoutes.all.compactMap(\.action)
        #expect(Set(actions).count == actions.count)
        #expect(Set(actions) == Set(ConfirmedAction.allCases))
    }

    @Test("names of routes are unique, and what changes something has an audit event")
    func events() {
        #expect(Set(AccountRoutes.all.map(\.name)).count == AccountRoutes.all.count)
        for route in AccountRoutes.all {
            switch route.effect {
            case .read: #expect(route.events == [] && route.method == .get, "\(route.name)")
            // To put a notice aside changes nothing that anybody would have to prove later.
            case .change where route.path == "/notices/{notice}/reading": #expect(route.events.isEmpty)
            case .change, .confirmed: #expect(!route.events.isEmpty && route.method != .get, "\(route.name)")
            }
        }
    }
}
