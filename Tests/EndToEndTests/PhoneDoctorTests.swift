import ChildProcesses
import OpenIDMessages
import Testing

@Suite("The doctors of portals: citizen-phone doctor and citizen-id client doctor", .inTurn, .endsInTime)
struct PhoneDoctorTests {
    /// The findings by their check.
    private func results(_ result: ProgramResult) throws -> [String: String] {
        let findings = (try result.json()["findings"]?.array ?? []).compactMap(\.object)
            .compactMap(IntegrationFinding.init(json:))
        return Dictionary(findings.map { ($0.check, $0.result.rawValue) }) { first, _ in first }
    }

    @Test func `a careful portal has no failure, also across a rotation of keys`() async throws {
        let here = try await Installation.start()
        let phone = try await here.enrolledPhone()
        let result = try await doctor(here.loginURL, phone, rotations: 2)
        #expect(result.status == 0, "\(result)")
        #expect(
            try results(result) == [
                "authorization_request": "ok", "pushed_request": "ok", "code_challenge": "not_tested", "state": "ok",
                "nonce": "not_tested", "clock": "ok", "genuine_login": "ok", "wrong_state": "ok",
                "other_browser": "ok", "missing_issuer": "ok", "wrong_issuer": "ok", "error_response": "ok",
                "foreign_code": "ok", "replayed_callback": "ok", "open_redirector": "ok",
                "key_rotation": "ok", "logout": "ok",
            ], "\(result)")
        let foreign = try result.json()["findings"]?.array?.compactMap(\.object).first { $0["check"] == "foreign_code" }
        let cause = foreign?["cause"]?.string ?? ""
        #expect(cause.hasSuffix("status 400."), "a code that is not taken is no outage of the provider: \(cause)")

        let inside = try await here.administer("client", "doctor", "herten-demo-portal", "--json")
        #expect(inside.status == 0, "\(inside)")
        let seen = try results(inside)
        for check in ["registration", "profile", "keys", "portal_hosts", "clock", "requests"] {
            #expect(seen[check] == "ok", "\(check): \(inside)")
        }
        #expect(seen["refusals"] == "warning", "the foreign code and its verifier: \(inside)")
        #expect(!inside.output.contains("Mustermann") && !inside.output.contains("erika"))
        let text = try await here.administer("client", "doctor", "herten-demo-portal")
        #expect(text.output.contains("codeVerifierMismatch, once"), "\(text)")
        let nobody = try await here.administer("client", "doctor", "nobody", "--json")
        #expect(nobody.status == 1)
        #expect(try nobody.json()["error"]?.string == "unknown_client")
    }

    /// A doctor's run, during which the provider's keys are rotated.
    private func doctor(_ url: String, _ phone: Phone, rotations: Int) async throws -> ProgramResult {
        let here = phone.here
        let (output, errors) = (here.folder.path + "/doctor.json", here.folder.path + "/doctor.log")
        let doctor = try Program.start(
            Place.program("citizen-phone"),
            ["doctor", url, "--pin-file", phone.pinFile, "--wait-for-rotation", "60", "--json"] + phone.options,
            output: output, errors: errors)
        while try doctor.isRunning && !Program.text(of: errors).contains("waiting up to") {
            try await Task.sleep(for: .milliseconds(100))
        }
        for _ in 0..<rotations { #expect(try await here.administer("keys", "rotate", "--now").status == 0) }
        while doctor.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        return ProgramResult(
            status: try #require(doctor.status), output: try Program.text(of: output),
            errors: try Program.text(of: errors))
    }

    @Test func `a portal that keeps the provider's keys for ever fails after two rotations`() async throws {
        try await withCarelessPortal(pinsKeys: true) { phone, portal in
            let result = try await doctor(portal.origin + "/login", phone, rotations: 2)
            #expect(result.status == 23, "\(result)")
            let found = try results(result)
            #expect(found["genuine_login"] == "ok" && found["key_rotation"] == "failure", "\(result)")
        }
    }

    @Test func `a portal whose genuine login fails is told so`() async throws {
        try await withCarelessPortal(secret: "another secret") { phone, portal in
            let result = try await phone.run(
                ["doctor", portal.origin + "/login", "--pin-file", phone.pinFile, "--json"], atOnce: true)
            #expect(result.status == 23, "\(result)")
            #expect(try results(result)["genuine_login"] == "failure", "\(result)")
            #expect(try results(result)["wrong_state"] == nil, "there is nothing to compare it with")
            let inside = try await phone.here.administer("client", "doctor", "careless-portal")
            #expect(inside.output.contains("clientSecretWrong, once"), "\(inside)")
        }
    }

    @Test func `an address that begins no login is told so, and one elsewhere is refused`() async throws {
        try await withCarelessPortal { phone, portal in
            let result = try await phone.run(
                "doctor", portal.origin + "/", "--pin-file", phone.pinFile, "--json")
            #expect(result.status == 23, "\(result)")
            #expect(try results(result)["authorization_request"] == "failure", "\(result)")
            let page = phone.here.issuer + "/sessions"
            try expectFailure(
                try await phone.run(
                    "doctor", portal.origin + "/login", "--account-page", page, "--pin-file", phone.pinFile, "--json"),
                64, "usage")
        }
    }

    @Test func `every fault of a careless portal is found`() async throws {
        try await withCarelessPortal { phone, portal in
            let result = try await phone.run(
                ["doctor", portal.origin + "/login", "--pin-file", phone.pinFile, "--json"], atOnce: true)
            #expect(result.status == 23, "\(result)")
            #expect(
                try results(result) == [
                    "authorization_request": "ok", "pushed_request": "warning", "code_challenge": "failure",
                    "state": "failure", "nonce": "failure", "clock": "ok", "genuine_login": "ok",
                    "wrong_state": "failure", "other_browser": "failure", "missing_issuer": "failure",
                    "wrong_issuer": "failure", "error_response": "failure", "foreign_code": "failure",
                    "replayed_callback": "failure", "open_redirector": "failure", "key_rotation": "not_tested",
                    "logout": "warning",
                ], "\(result)")
            let inside = try await phone.here.administer("client", "doctor", "careless-portal", "--json")
            #expect(inside.status == 2, "\(inside)")
            let seen = try results(inside)
            #expect(seen["requests"] == "failure" && seen["profile"] == "warning", "\(inside)")
        }
    }

    /// A provider at which the careless portal is registered, the portal, and a phone.
    private func withCarelessPortal(
        secret: String = CarelessPortal.secret, pinsKeys: Bool = false,
        _ body: (Phone, CarelessPortal) async throws -> Void
    ) async throws {
        let here = try await Installation.start(withPortal: false)
        let port = Port.free()
        let file = try here.folder.write("careless.yaml", "clients:\n" + CarelessPortal.client(port: port))
        let applied = try await Program.run(
            Place.program("citizen-id"),
            ["region", "apply", "--yes", "--data", here.data] + here.regionFiles + [file])
        try #require(applied.status == 0, "\(applied)")
        let phone = try await here.enrolledPhone()
        let portal = try CarelessPortal(here: here, port: port, secret: secret, pinsKeys: pinsKeys)
        try await portal.run { try await body(phone, portal) }
    }
}
