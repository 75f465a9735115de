import Foundation
import Testing

@Suite("What is built to run holds nothing of the tests (checklist R4)", .endsInTime)
struct ProgramContentsTests {
    private func check(_ programs: String...) async throws -> ProgramResult {
        try await Program.run(Place.source("Scripts/check-programs"), programs, atOnce: true)
    }

    @Test func `no program has linked a module of the tests`() async throws {
        let programs = ["citizen-id", "citizen-phone", "demo-portal"].map(Place.program)
        let result = try await check(programs[0], programs[1], programs[2])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    }

    @Test func `the tests' own bundle does not pass, nor what has no symbols`() async throws {
        let bundle = try await check(Place.products + "/CitizenIDPackageTests.xctest")
        #expect(bundle.status == 1 && bundle.errors.contains("15ProviderHarness"), "\(bundle)")
        #expect(bundle.errors.contains("18HummingbirdTesting"), "\(bundle)")
        let none = try await check("/bin/true")
        #expect(none.status == 1 && none.errors.contains("no symbols"), "\(none)")
        #expect(try await check().status == 64)
    }

    @Test func `Scripts-build ends with this look, before it says where the programs are`() throws {
        let text = try String(contentsOfFile: Place.source("Scripts/build"), encoding: .utf8)
        let end = text.split(separator: "\n").suffix(3)
        #expect(
            end.first?.contains(/citizen-id \| citizen-phone \| demo-portal\) Scripts\/check-programs/) == true,
            "\(text)")
        #expect(end.last == "echo \"$place\"")
    }
}
