import Foundation
import GRDB
import OpenIDMessages
import Testing

@Suite("citizen-phone enrol", .inTurn, .endsInTime)
struct PhoneEnrolmentTests {
    static let installation = Task { try await Installation.start() }

    @Test func `a link enrols once, and two profiles are two devices of two people`() async throws {
        let here = try await Self.installation.value
        let first = try here.newPhone()
        let link = try await here.ticket(family: "Erste")
        let enrolled = try await first.enrol(link)
        #expect(enrolled.status == 0, "\(enrolled)")
        let blockCode = try #require(try enrolled.json()["block_code"]?.string)
        #expect(blockCode.filter(\.isNumber).count == 18)
        #expect(!enrolled.errors.contains("Erste"), "the name is masked until the phone is enrolled")

        let second = try here.newPhone(pin: "24680")
        try expectFailure(try await second.enrol(link), 31, "ticket", code: "unknown_ticket")
        try expectFailure(try await first.enrol(link), 11, "already_enrolled")
        try expectFailure(try await second.run("devices", "--json"), 10, "not_enrolled")

        let other = try await second.enrol(try await here.ticket(family: "Zweite"))
        #expect(other.status == 0, "\(other)")
        for phone in [first, second] {
            let devices = try await phone.run("devices", "--json").json()["devices"]?.array
            #expect(devices?.count == 1)
            let login = try await phone.login(at: nil, "--accept", "application/json", "--show-page")
            #expect(login.output.contains(phone.profile == first.profile ? "Erste" : "Zweite"), "\(login)")
        }
    }

    @Test func `what this device would not reach is said before there are keys, and costs no ticket`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Niveau")
        let arguments = ["enrol", link, "--pin-file", phone.pinFile]
        let refused = try await phone.run(arguments + ["--level", "substantiell", "--json"])
        try expectFailure(refused, 38, "level_out_of_reach")
        for words in ["Es reicht ein Nachweis von: ", "android-key (strongbox)", "tpm", "die Einladung gilt noch"] {
            #expect(refused.errors.contains(words), "\(refused)")
        }
        #expect(!FileManager.default.fileExists(atPath: phone.files + "/state.sealed"))
        #expect(try await phone.run(arguments + ["--level", "undefined", "--json"]).status == 64)
        let enrolled = try await phone.run(arguments + ["--json"])
        #expect(enrolled.status == 0, "\(enrolled)")
        #expect(enrolled.errors.contains("normal; substantiell mit "), "nobody ends lower in silence: \(enrolled)")
    }

    @Test func `what is wrong on this side can be set right as often as it takes`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Versehen")
        let enrol = ["enrol", link, "--json", "--pin-file"]
        let open = try here.folder.write("open-\(phone.profile).pin", "135790", mode: 0o644)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
        for _ in 1...4 {
            try expectFailure(try await phone.run(enrol + [here.folder.path + "/no.pin"]), 19, "file")
            try expectFailure(try await phone.run(enrol + [open]), 19, "file")
            let high = enrol + [phone.pinFile, "--level", "substantiell"]
            try expectFailure(try await phone.run(high), 38, "level_out_of_reach")
        }
        let enrolled = try await phone.run(enrol + [phone.pinFile])
        #expect(enrolled.status == 0, "\(enrolled)")
    }

    @Test func `two enrolments into one new profile are done one after the other: the second one is told`() async throws
    {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let links = [try await here.ticket(family: "Gleichzeitig"), try await here.ticket(family: "Zugleich")]
        let results = try await withThrowingTaskGroup(of: ProgramResult.self) { group in
            for link in links { group.addTask { try await phone.enrol(link, atOnce: true) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // The other one says that there is a device, or tells its block code when the first one has not done so yet.
        #expect(try results.count { try $0.json()["record"] != nil } == 1, "\(results)")
        #expect(try await phone.login().status == 0)
    }

    @Test func `links that lead nowhere`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket()
        let (ticket, key) = (link.prefix { $0 != "#" }, link.drop { $0 != "#" }.dropFirst(3))
        let otherKey = (key.hasPrefix("A") ? "B" : "A") + key.dropFirst()
        let garbled: [(String, Int32, String, String?)] = [
            ("hello", 12, "link_refused", nil), ("", 12, "link_refused", nil),
            (String(ticket), 12, "link_refused", nil), (String(link.dropLast()), 12, "link_refused", nil),
            (link.replacing("/app/e/", with: "/app/q/"), 12, "link_refused", nil),
            (link.replacing("https://", with: "http://"), 12, "link_refused", nil),
            // Another ticket of the right form is an unknown one.
            (here.issuer + "/app/e/AAAAAAAAAAAAAAAAAAA#k=" + key, 31, "ticket", "unknown_ticket"),
            // A provider whose key is not the one that the clerk's link names.
            (ticket + "#k=" + otherKey, 13, "statement_refused", nil),
            // Another host, where nobody is.
            (link.replacing(here.issuer, with: "https://localhost:1"), 14, "network", nil),
        ]
        for (link, status, name, code) in garbled {
            try expectFailure(try await phone.enrol(link), status, name, code: code)
        }
        #expect(try await phone.enrol(link).status == 0, "what was refused has not used up the ticket")
    }

    @Test func `a name that no device can have is refused before anything is sent, at first and later`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let arguments = [
            "enrol", try await here.ticket(family: "Taufe"), "--pin-file", phone.pinFile, "--json", "--name",
        ]
        // More of them than a ticket has offers.
        for name in ["", " ", "Handy\u{1b}[2J", "Handy\u{202E}", String(repeating: "ä", count: 33)] {
            let refused = try await phone.run(arguments + [name])
            try expectFailure(refused, 64, "usage")
            #expect(refused.errors.contains("Wählen Sie einen anderen Namen"), "\(refused)")
        }
        let enrolled = try await phone.run(arguments + [String(repeating: "ä", count: 32)])
        #expect(enrolled.status == 0, "\(enrolled)")
        let device = try #require(try enrolled.json()["record"]?.object?["sub"]?.string, "\(enrolled)")
        for name in ["", "Handy\u{1b}[2J", String(repeating: "ä", count: 65)] {
            try expectFailure(try await phone.run("devices", "rename", device, name, "--json"), 64, "usage")
        }
        #expect(try await phone.run("devices", "rename", device, "Handy im Büro").status == 0)
    }

    @Test func `the picture of the desk's QR code enrols as the link does, and scan names the command for it`()
        async throws
    {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Bildlink")
        let picture = here.folder.path + "/desk-\(phone.profile).png"
        try QRDrawing.write([link], to: picture)
        let photograph = try here.folder.write("desk-\(phone.profile).jpg", "JFIF")
        for command in ["scan", "enrol"] {
            let options = command == "enrol" ? ["--pin-file", phone.pinFile] : []
            try expectFailure(try await phone.run([command, photograph, "--json"] + options), 19, "file")
        }
        #expect(try await phone.enrol(picture).status == 0)
        let scanned = try await phone.run("scan", picture, "--json")
        try expectFailure(scanned, 12, "link_refused")
        #expect(scanned.errors.contains("citizen-phone enrol '\(picture)' --profile NAME"), "\(scanned)")
        #expect(!scanned.errors.contains(link), "\(scanned)")
    }

    @Test func `a ticket that has expired gets the answer of one that was never made`() async throws {
        let here = try await Installation.start(withPortal: false)
        let link = try await here.ticket()
        try await here.stopProvider()
        let database = try DatabaseQueue(path: here.database)
        try await database.write { try $0.execute(sql: "UPDATE ticket SET expires_at = 1") }
        try database.close()
        try await here.startProvider()
        try expectFailure(try await here.newPhone().enrol(link), 31, "ticket", code: "unknown_ticket")
    }

    @Test func `a provider whose certificate is not trusted is not spoken to`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket()
        let result = try await Program.run(
            Place.program("citizen-phone"),
            ["enrol", link, "--pin-file", phone.pinFile, "--home", phone.home, "--profile", phone.profile, "--json"])
        try expectFailure(result, 33, "certificate")
        // The environment may name the CA as well.
        let trusting = try await Program.run(
            Place.program("citizen-phone"), ["enrol", link, "--pin-file", phone.pinFile, "--json"],
            environment: ["CITIZEN_PHONE_CA": here.ca, "CITIZEN_PHONE_HOME": phone.home + "/other"])
        #expect(trusting.status == 0, "\(trusting)")
    }

    @Test(arguments: [0o640, 0o604, 0o620])
    func `a PIN file that others can reach is not read`(mode: Int) async throws {
        let here = try await Self.installation.value
        let phone = try await Self.waiting.value
        let file = try here.folder.write("open-\(mode).pin", "135790", mode: mode)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        let result = try await phone.run("login", here.loginURL, "--pin-file", file, "--json")
        try expectFailure(result, 19, "file")
        #expect(result.errors.contains("chmod go= '\(file)'"), "\(result)")
    }

    @Test(arguments: ["1234", "1234567890123", "12a45", " 13579", ""])
    func `what is no PIN`(text: String) async throws {
        let here = try await Self.installation.value
        let phone = try await Self.waiting.value
        let file = try here.folder.write("none-\(text.count)-\(text.hasPrefix(" ")).pin", text)
        let result = try await phone.run("login", here.loginURL, "--pin-file", file, "--json")
        try expectFailure(result, 64, "usage")
        #expect(text.isEmpty || !(result.output + result.errors).contains(text), "a PIN is not repeated")
    }

    @Test func `no argument takes a PIN`() async throws {
        let phone = try await Self.waiting.value
        for arguments in [["--pin", "135790"], ["--pin=135790"], ["135790"], ["-p", "135790"]] {
            let result = try await phone.run(["login", phone.here.loginURL, "--json"] + arguments)
            try expectFailure(result, 64, "usage")
        }
    }

    @Test func `without a terminal nobody is asked`() async throws {
        let phone = try await Self.waiting.value
        // A session of its own has no terminal, wherever the tests run.
        let result = try await Program.run(
            "/usr/bin/setsid",
            ["--wait", Place.program("citizen-phone"), "login", phone.here.loginURL, "--json"] + phone.options)
        try expectFailure(result, 20, "no_terminal")
    }

    @Test(arguments: ["keys.sealed", "state.sealed", "seal.key", "."])
    func `a profile that others can reach is not used`(name: String) async throws {
        let phone = try await Self.waiting.value
        let copy = Phone(
            here: phone.here, profile: phone.profile + "-" + name.filter(\.isLetter), pinFile: phone.pinFile)
        try FileManager.default.copyItem(atPath: phone.files, toPath: copy.files)
        #expect(try await copy.run("devices", "--json").status == 0, "the copy itself is not what is refused")
        let file = name == "." ? copy.files : copy.files + "/" + name
        try FileManager.default.setAttributes([.posixPermissions: name == "." ? 0o750 : 0o640], ofItemAtPath: file)
        let result = try await copy.run("devices", "--json")
        try expectFailure(result, 19, "file")
        #expect(result.errors.contains("chmod go= '\(copy.files)"), "\(result)")
    }

    @Test func `the profile's files hold nothing that reads`() async throws {
        let phone = try await Self.waiting.value
        for name in ["keys.sealed", "state.sealed", "seal.key"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: phone.files + "/" + name))
            #expect(!bytes.isEmpty)
            for canary in ["135790", phone.here.issuer, "EC", "kty", "localhost"] where canary.count > 2 {
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(name) shows \(canary)")
            }
        }
    }

    /// A phone that is only looked at or refused.
    private static let waiting = Task { try await installation.value.enrolledPhone() }
}
