import Foundation
import IdentityCrypto
import NIOSSL
import OpenIDMessages
import TestCertificates
import Testing
import X509

@testable import citizen_phone

@Suite("citizen-phone and bad input", .inTurn, .endsInTime)
struct BadInputTests {
    static let installation = Task { try await Installation.start() }
    /// A phone that answers nothing, so that tests can share it.
    private static let enrolled = Task { try await installation.value.enrolledPhone(family: "Eingabe") }

    @Test func `the table of the documentation has these rows, no more and no less`() throws {
        #expect(Set(try BadInputTable.read().rows.keys) == Set(BadInput.allCases.map(\.rawValue)))
    }

    /// For these a folder is mounted.
    private static let narrow = [BadInput.readOnly, .diskFull]

    @Test(arguments: BadInput.allCases.filter { !narrow.contains($0) })
    func `has the status and the message of the documentation`(input: BadInput) async throws {
        try await play(input)
    }

    @Test(.enabled(if: NarrowFolder.isPossible, "a mount namespace is needed"), arguments: narrow)
    func `has the status and the message of the documentation, where a test can mount`(input: BadInput) async throws {
        try await play(input)
    }

    private func play(_ input: BadInput) async throws {
        let row = try #require(try BadInputTable.read().rows[input.rawValue])
        let result = try await result(of: input)
        #expect(result.status == row.status, "\(result)")
        let error = try #require(try result.json()["error"]?.object, "\(result)")
        #expect(error["status"]?.integer == Int64(row.status) && error["name"]?.string == row.name, "\(result)")
        #expect(error["message"]?.string?.contains(row.sentence.english) == true, "\(result)")
        #expect(result.errors.contains(row.sentence.german), "a person reads it in their language: \(result)")
        #expect(ExitStatus(rawValue: row.status)?.name == row.name)
    }

    private func result(of input: BadInput) async throws -> ProgramResult {
        let phone = try await Self.enrolled.value
        let here = phone.here
        let file = here.folder.path + "/\(input).png"
        switch input {
        case .noPicture:
            try here.folder.write("\(input).png", "no picture")
            return try await phone.run("scan", file, "--json")
        case .noQRCode: return try await scan([], file, phone)
        case .severalQRCodes: return try await scan([Self.link(here.issuer), Self.link(here.issuer)], file, phone)
        case .foreignQRCode: return try await scan(["https://menu.example/today", "WIFI:S:cafe;;"], file, phone)
        case .noLink: return try await phone.run("scan", "https://portal.example/login", "--json")
        case .alteredLink: return try await phone.run("scan", Self.link(here.issuer), "--json")
        case .alteredKey:
            let link = try await here.ticket()
            let key = link.suffix(43)
            return try await here.newPhone().enrol(
                link.dropLast(43) + (key.hasPrefix("A") ? "B" : "A") + key.dropFirst())
        case .otherProvider: return try await phone.run("scan", Self.link("https://id.example"), "--json")
        case .usedTicket:
            let link = try await here.ticket()
            try #require(try await here.newPhone().enrol(link).status == 0)
            return try await here.newPhone().enrol(link)
        case .loginOver:
            let other = try await here.enrolledPhone(family: "Vorbei")
            let link = try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
            try #require(try await other.run("scan", link, "--json").status == 0)
            try #require(try await other.run("deny", "--json").status == 0)
            return try await other.run("scan", link, "--json")
        case .slowClock: return try await phone.login(at: nil, "--fault", "skew=-600s")
        case .fastClock: return try await phone.login(at: nil, "--fault", "skew=600s")
        case .expiredCertificate, .earlyCertificate, .otherName, .selfSigned, .unknownAuthority, .withheldIntermediate,
            .wrongUsage, .oldTLS, .noTLS, .cutOff:
            return try await WrongServer.run(tls: try Self.certificate(input)) { server in
                try await enrol(at: server.port, here)
            }
        case .nobodyThere: return try await enrol(at: Port.free(), here)
        case .readOnly: return try await NarrowFolder.run(.readOnly, phone, ["deny", "--json"])
        case .diskFull:
            let login = ["login", here.loginURL, "--flow", "link", "--pin-file", phone.pinFile, "--json"]
            return try await NarrowFolder.run(.full, phone, login)
        case .newerVersion:
            return try await copy(phone, "newer") { copy in
                var box = try Data(contentsOf: URL(fileURLWithPath: copy.files + "/keys.sealed"))
                box[box.startIndex + 7] = UInt8(ascii: "2")
                try Self.replace("keys.sealed", of: copy, with: Array(box))
            }
        case .damaged:
            return try await copy(phone, "damaged") { copy in
                try Self.replace("state.sealed", of: copy, with: Array("nothing".utf8))
            }
        case .openToOthers:
            return try await copy(phone, "open") { copy in
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: copy.files + "/state.sealed")
            }
        }
    }

    /// A link of the right form that nobody made.
    private static func link(_ issuer: String) -> String {
        issuer + "/app/s/\(RandomBytes.text(16)).\(RandomBytes.text(16))"
    }

    private func scan(_ texts: [String], _ file: String, _ phone: Phone) async throws -> ProgramResult {
        try QRDrawing.write(texts, to: file)
        return try await phone.run("scan", file, "--json")
    }

    /// The TLS of a server that stands where the provider should; nil for none.
    private static func certificate(_ input: BadInput) throws -> TLSConfiguration? {
        let good = ["localhost"]
        let authority = TestAuthority.shared
        switch input {
        case .expiredCertificate: return try authority.server(for: good, expired: true)
        case .earlyCertificate: return try authority.server(for: good, notYetValid: true)
        case .otherName: return try authority.server(for: ["other.example"])
        case .selfSigned: return try authority.server(for: good, selfSigned: true)
        case .unknownAuthority: return try TestAuthority().server(for: good)
        case .wrongUsage:
            return try authority.server(
                for: good, purpose: Certificate.Extension(ExtendedKeyUsage([.clientAuth]), critical: false))
        case .withheldIntermediate: return try authority.server(for: good, withholdsIntermediate: true)
        case .oldTLS:
            var old = try authority.server(for: good)
            old.minimumTLSVersion = .tlsv1
            old.maximumTLSVersion = .tlsv11
            return old
        case .noTLS: return nil
        default: return try authority.server(for: good)
        }
    }

    /// Somebody enrols at whoever answers there, and trusts the authority of the tests.
    private func enrol(at port: Int, _ here: Installation) async throws -> ProgramResult {
        let phone = try here.newPhone()
        let ca = try here.folder.write(
            phone.profile + ".pem", String(decoding: TestAuthority.shared.pem, as: UTF8.self))
        let link = "https://localhost:\(port)/app/e/\(RandomBytes.text(14))#k=\(RandomBytes.text(32))"
        return try await Program.run(
            Place.program("citizen-phone"),
            [
                "enrol", link, "--pin-file", phone.pinFile, "--home", phone.home, "--profile", phone.profile, "--ca",
                ca,
                "--json",
            ])
    }

    private func copy(
        _ phone: Phone, _ name: String, _ change: (Phone) throws -> Void
    ) async throws -> ProgramResult {
        let copy = Phone(here: phone.here, profile: phone.profile + "-" + name, pinFile: phone.pinFile)
        try FileManager.default.copyItem(atPath: phone.files, toPath: copy.files)
        try change(copy)
        return try await copy.run("devices", "--json")
    }

    private static func replace(_ name: String, of phone: Phone, with bytes: [UInt8]) throws {
        let file = phone.files + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    @Test(arguments: ["-600s", "600s"])
    func `a clock that is wrong while answering is named, and with the right one the same command is done at once`(
        skew: String
    ) async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Uhrzeit")
        _ = try await phone.waitingLogin()
        let approve = ["approve", "--pin-file", phone.pinFile, "--json"]
        for answer in [["deny", "--json"], approve] {
            try expectFailure(try await phone.run(answer + ["--fault", "skew=\(skew)"]), 32, "clock")
        }
        let approved = try await phone.run(approve)
        #expect(approved.status == 0, "\(approved)")
        #expect(try await phone.run("receipts", "verify").status == 0)
    }

    @Test(arguments: WrongServer.HangUp.allCases)
    func `a connection that is cut in the handshake is lost, and no certificate is blamed`(
        hangUp: WrongServer.HangUp
    ) async throws {
        let here = try await Self.installation.value
        let tls = try TestAuthority.shared.server(for: ["localhost"])
        let result = try await WrongServer.run(tls: tls, hangUp: hangUp) { server in
            try await enrol(at: server.port, here)
        }
        try expectFailure(result, 14, "network")
        #expect(try result.json()["error"]?.object?["reason"] == "connection_lost", "\(result)")
    }

    @Test(.enabled(if: NarrowFolder.isPossible, "a mount namespace is needed"))
    func `enrolling on a full disk or a read-only one costs no ticket`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Platz")
        let enrol = ["enrol", link, "--pin-file", phone.pinFile, "--json"]
        try expectFailure(try await NarrowFolder.run(.full, phone, enrol), 35, "disk_full")
        try expectFailure(try await NarrowFolder.run(.readOnly, phone, enrol), 34, "read_only")
        #expect(try await phone.enrol(link).status == 0)
    }

    @Test(.enabled(if: NarrowFolder.isPossible, "a mount namespace is needed"))
    func `an answer that cannot be stored is not signed`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Voll")
        let link = try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
        #expect(try await phone.run("scan", link, "--json").status == 0)
        for (kind, status, name) in [(NarrowFolder.Kind.full, 35, "disk_full"), (.readOnly, 34, "read_only")] {
            let approve = ["approve", "--pin-file", phone.pinFile, "--json"]
            try expectFailure(try await NarrowFolder.run(kind, phone, approve), Int32(status), name)
        }
        let shown = try await phone.run("show", "--json")
        #expect(try shown.json()["state"] == "awaiting_user", "the login still waits: \(shown)")
        #expect(try await phone.run("approve", "--pin-file", phone.pinFile, "--json").status == 0)
        let trail = try await phone.run("audit", "--json").output
        #expect(trail.components(separatedBy: "auth.approved").count == 2, "once: \(trail)")
    }

    @Test func `the state of a newer version is told, not taken for damage`() async throws {
        let phone = try await Self.enrolled.value
        let result = try await copy(phone, "later") { copy in
            let key = Array(try Data(contentsOf: URL(fileURLWithPath: copy.files + "/seal.key")))
            let box = Array(try Data(contentsOf: URL(fileURLWithPath: copy.files + "/state.sealed")))
            var state = try StrictJSON.parseObject(try SealedBox.open(box, with: .key(key)))
            (state["version"], state["novelty"]) = (4, true)
            try Self.replace("state.sealed", of: copy, with: try SealedBox.seal(state.serialized, with: .key(key)))
        }
        try expectFailure(result, 36, "newer_version")
    }
}
