import Foundation
import KeyStoreHarness
import Testing

/// Tests that need a program of Debian are skipped where it is missing, so that everybody can run the others. Where
/// `CITIZENID_COMPLETE=1` is set, as continuous integration does (.ci/run), a skip of that kind is a failure.
@Suite(
    "Nothing is skipped that Scripts/install-packages --tests makes possible",
    .enabled(if: ProcessInfo.processInfo.environment["CITIZENID_COMPLETE"] == "1", "CITIZENID_COMPLETE=1 asks for it"))
struct CompletenessTests {
    private static let needed: [(package: String, isHere: Bool)] = [
        ("swtpm", SoftTPM.isInstalled), ("softhsm2", SoftTokens.isInstalled), ("strace", Strace.isInstalled),
        ("libapache2-mod-auth-openidc", ApachePortal.isInstalled),
        ("python3-authlib", IndependentClient.isAuthlibInstalled),
        ("python3-cryptography", IndependentClient.isCryptographyInstalled),
        ("librsvg2-bin", isProgram("rsvg-convert")),
        ("zbar-tools", isProgram("zbarimg")), ("chromium", isProgram("chromium")),
        ("chromium-driver", isProgram("chromedriver")),
    ]

    private static func isProgram(_ name: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + name)
    }

    @Test func `every program of Debian that a test needs is here`() {
        let missing = Self.needed.filter { !$0.isHere }.map(\.package)
        #expect(missing == [], "apt-get install \(missing.joined(separator: " "))")
    }

    /// What is added to the one list must not be forgotten in the other.
    @Test func `the list is that of Scripts/install-packages`() throws {
        let script = try Program.text(of: Place.source("Scripts/install-packages"))
        let list = try #require(script.firstMatch(of: /--tests\) useful=\(([^)]*)\)/)).output.1
        let packages = Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
        // Without these two the one that needs PyPI cannot begin, and without PyPI it is cancelled in sight.
        #expect(packages.subtracting(Self.needed.map(\.package)) == ["python3-requests", "python3-venv"])
        #expect(packages.isSuperset(of: Self.needed.map(\.package)))
    }
}
