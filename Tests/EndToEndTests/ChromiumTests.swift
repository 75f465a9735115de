import Foundation
import Testing

@Suite("A person's browser: Chromium runs the pages' scripts, the phone reads the screen", .inTurn, .endsInTime)
struct ChromiumTests {
    static let isHere = ["chromium", "chromedriver", "python3"].allSatisfy { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }

    @Test(.enabled(if: isHere, "chromium, chromedriver and python3 are needed"))
    func `logs in each way, is refused and gives up; also without scripts, by keyboard, narrow and dark`() async throws
    {
        let phone = try await Installation.start().enrolledPhone()
        let result = try await Program.run(
            "/usr/bin/env",
            [
                "python3", Place.source("Tests/Browser/login_in_chromium.py"), "--portal", phone.here.portalURL,
                "--phone", Place.program("citizen-phone"), "--home", phone.home, "--profile", phone.profile, "--ca",
                phone.here.ca, "--pin-file", phone.pinFile,
            ], timeout: .seconds(240))
        #expect(result.status == 0, "\(result)")
        #expect(result.lines.last == "browser: 8 passed, 0 failed", "\(result)")
    }
}
