import AccountDirectory
import Foundation
import OpenIDMessages
import RegionFile
import Testing

@Suite("Config/emscher-lippe.yaml")
struct ShippedRegionTests {
    static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Config/emscher-lippe.yaml").path

    @Test func `loads without mistakes and has every town`() throws {
        let region = try RegionFile.load(paths: [Self.path])
        #expect(region.tenants.count == 14)
        #expect(region.operators.count == 3)
        #expect(region.services.count == 10)
        #expect(region.clients.count == 14)
        #expect(Set(region.clients.map(\.tenant)) == Set(region.tenants.map(\.identifier)))
        #expect(region.services.allSatisfy { $0.title.english != nil })
        #expect(region.clients.allSatisfy { $0.requiresPushedAuthorizationRequests })
        #expect(region.clients.first { $0.tenant.rawValue == "dachportal" }?.scopes == ["openid"])
    }

    @Test(arguments: 0..<8) func `broken at random never ends the program`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let original = Array(try String(contentsOfFile: Self.path, encoding: .utf8).utf8)
        for _ in 0..<40 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...127, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array("[]{}:-\"'#&*!|>%@`,? \n\t".utf8).randomElement(using: &random)!, at: index)
                }
            }
            let found = mistakes(String(decoding: bytes, as: UTF8.self))
            #expect(found.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
        }
    }
}

/// SplitMix64: the same numbers for the same seed on every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
