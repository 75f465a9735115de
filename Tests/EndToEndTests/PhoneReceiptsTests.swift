import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-phone receipts and explain", .inTurn, .endsInTime)
struct PhoneReceiptsTests {
    static let phone = Task {
        let here = try await Installation.start()
        let phone = try await here.enrolledPhone(family: "Quittung")
        for flow in ["qr", "link"] {
            let login = try await phone.login(at: nil, "--flow", flow)
            try #require(login.status == 0, "\(login)")
        }
        return phone
    }

    private func receipts(_ phone: Phone) async throws -> [JSONObject] {
        let listed = try await phone.run("receipts", "--json")
        #expect(listed.status == 0, "\(listed)")
        return try (listed.json()["receipts"]?.array ?? []).compactMap(\.object)
    }

    @Test func `both logins have a receipt that is sound, and verifying needs no provider`() async throws {
        let phone = try await Self.phone.value
        let receipts = try await receipts(phone)
        #expect(receipts.count == 2 && receipts.allSatisfy { $0["sound"] == true })
        #expect(receipts.allSatisfy { $0["portal"]?.object?["name"] == "Serviceportal Herten (Demo)" })
        let verified = try await phone.run("receipts", "verify")
        #expect(verified.status == 0 && verified.lines.last == "2 in Ordnung, 0 nicht in Ordnung", "\(verified)")
        let transaction = receipts[0]["txn"]?.string ?? ""
        let shown = try await phone.run("receipts", "show", transaction)
        #expect(shown.status == 0 && shown.output.contains("ok           shown_text:"), "\(shown)")
        let file = try await phone.run("explain", phone.files + "/receipts/\(transaction).json", "--json")
        #expect(file.status == 0, "\(file)")
        #expect(try file.json()["explanations"]?.array?.first?.object?["kind"] == "receipt")
    }

    @Test func `a receipt that was changed is found, and named by its check`() async throws {
        let phone = try await Self.phone.value
        let copy = phone.here.folder.path + "/changed-receipts"
        try FileManager.default.copyItem(atPath: phone.home, toPath: copy)
        let transaction = try await receipts(phone)[1]["txn"]?.string ?? ""
        let path = copy + "/" + phone.profile + "/receipts/\(transaction).json"
        let kept = try StrictJSON.parseObject(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        var changed = kept
        // The answer of the other login in the place of this one's.
        let other = try await receipts(phone)[0]["txn"]?.string ?? ""
        let otherPath = phone.files + "/receipts/\(other).json"
        changed["response"] = try StrictJSON.parseObject(
            Array(try Data(contentsOf: URL(fileURLWithPath: otherPath))))["response"]
        try FileManager.default.removeItem(atPath: path)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(changed.serialized), attributes: [.posixPermissions: 0o600]))
        let options = ["--home", copy, "--profile", phone.profile, "--ca", phone.here.ca]
        let verified = try await Program.run(Place.program("citizen-phone"), ["receipts", "verify"] + options)
        #expect(verified.status == 23, "\(verified)")
        #expect(verified.output.contains("FAILED       answer:"), "\(verified)")
        #expect(verified.lines.last == "1 in Ordnung, 1 nicht in Ordnung")
    }

    @Test func `without a profile, with an unknown transaction and with a foreign code`() async throws {
        let phone = try await Self.phone.value
        try expectFailure(
            try await phone.here.newPhone().run("receipts", "--json"), 10, "not_enrolled")
        try expectFailure(
            try await phone.run("receipts", "show", "abcdefghijklmnopqrstuv", "--json"), 19, "file")
        let text = "WIFI:S:home.example\u{202E};T:WPA;P:secret;;"
        let foreign = try await phone.run("explain", text, "--json")
        #expect(foreign.status == 23)
        let explained = try foreign.json()["explanations"]?.array?.first?.object
        #expect(explained?["kind"] == "unknown" && explained?["content"]?.object?["text"]?.string == text)
        let told = try await phone.run("explain", text)
        #expect(told.lines.first == "unknown: nothing of CitizenID", "\(told)")
        #expect(told.output.contains("WIFI:S:home.example") && !told.output.contains("\u{202E}"), "\(told)")
        let picture = try await phone.run("explain", Place.source("docs/images/login-page.png"), "--json")
        #expect(picture.status == 23, "a link of another provider than this profile's: \(picture)")
    }
}
