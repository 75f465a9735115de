import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import ProviderCore

@Suite("Audit: a chain shows every change (O3, I38)")
struct AuditVerificationTests {
    static let sealing = AuditSealing(key: [UInt8](repeating: 5, count: 32))
    private static let marl = TenantIdentifier(rawValue: "marl")!

    /// A chain as the store writes it.
    static func chain(_ count: Int, tenant: TenantIdentifier? = marl) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for number in 1...count {
            let event = SecurityEvent(
                .loginApproved, time: Timestamp(seconds: Int64(1000 + number)), tenant: tenant,
                object: "device-\(number)",
                transaction: TransactionIdentifier(rawValue: "transaction-number-\(number)"), actor: .person)
            entries.append(
                AuditEntry(
                    event, number: Int64(number), previous: entries.last?.hash, administrator: nil, person: nil))
        }
        return entries
    }

    static func head(of entries: [AuditEntry]) -> AuditHead {
        AuditHead(
            chain: .tenant(marl), number: entries.last?.number, hash: entries.last?.hash,
            lastNumber: entries.last?.number)
    }

    /// Nil when the chain is whole.
    static func fault(_ entries: [AuditEntry], head: AuditHead) -> AuditBreak? {
        do throws(AuditBreak) {
            var verification = try AuditVerification(head, sealing: sealing)
            for entry in entries { try verification.check(entry) }
            try verification.finish()
            return nil
        } catch { return error }
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let number: Int64
        let fault: AuditBreak.Fault
        let change: @Sendable (inout [AuditEntry], inout AuditHead) -> Void

        init(
            _ description: String, _ number: Int64, _ fault: AuditBreak.Fault,
            _ change: @escaping @Sendable (inout [AuditEntry], inout AuditHead) -> Void
        ) {
            testDescription = description
            self.number = number
            self.fault = fault
            self.change = change
        }

        static func edit(_ name: String, _ edit: @escaping @Sendable (inout AuditEntry) -> Void) -> Tampering {
            Tampering("\(name) changed", 3, .changed) { entries, _ in edit(&entries[2]) }
        }

        static let all: [Tampering] = [
            edit("time") { $0.time = $0.time + 1 }, edit("kind") { $0.kind = "auth.denied" },
            edit("outcome") { $0.outcome = "refusal" }, edit("outcome removed:") { $0.outcome = nil },
            edit("actor") { $0.actor = "clerk" }, edit("object") { $0.object = "device-9" },
            edit("object moved to company:") { ($0.object, $0.company) = (nil, $0.object) },
            edit("transaction") { $0.transaction = nil },
            edit("person") { $0.person = AuditPseudonym(bytes: Array(repeating: 1, count: 16)) },
            edit("administrator") { $0.administrator = AuditPseudonym(bytes: Array(repeating: 1, count: 16)) },
            edit("previous hash") { $0.previous?[0] ^= 1 }, edit("hash") { $0.hash[31] ^= 1 },
            Tampering("edited, and the hash made anew", 4, .notLinked) { entries, _ in
                entries[2].object = "device-9"
                entries[2].hash = entries[2].contentHash
            },
            Tampering("the last one edited, and its hash made anew", 5, .wrongHead) { entries, _ in
                entries[4].object = "device-9"
                entries[4].hash = entries[4].contentHash
            },
            Tampering("one removed", 3, .missing) { entries, _ in entries.remove(at: 2) },
            Tampering("one removed, the rest numbered anew", 3, .changed) { entries, head in
                entries.remove(at: 2)
                for index in 2..<4 { entries[index].number -= 1 }
                head.lastNumber = 4
            },
            Tampering("the first removed", 1, .missing) { entries, _ in entries.removeFirst() },
            Tampering("the tail cut off", 4, .missing) { entries, head in
                entries.removeLast(2)
                head.lastNumber = 3
            },
            Tampering("all removed", 1, .missing) { entries, head in
                entries = []
                head.lastNumber = nil
            },
            Tampering("two exchanged", 2, .missing) { entries, _ in entries.swapAt(1, 2) },
            Tampering("two exchanged with their numbers", 2, .changed) { entries, _ in
                entries.swapAt(1, 2)
                (entries[1].number, entries[2].number) = (2, 3)
            },
            Tampering("one put in", 4, .changed) { entries, head in
                entries.insert(entries[2], at: 3)
                for index in 3..<6 { entries[index].number = Int64(index + 1) }
                head.number = 6
                head.lastNumber = 6
            },
            Tampering("one put in with a hash that fits", 5, .changed) { entries, head in
                var forged = entries[2]
                forged.number = 4
                forged.previous = entries[2].hash
                forged.hash = forged.contentHash
                entries.insert(forged, at: 3)
                for index in 4..<6 { entries[index].number = Int64(index + 1) }
                head.number = 6
                head.lastNumber = 6
            },
            Tampering("one of another chain put in its place", 3, .missing) { entries, _ in
                entries[2] = AuditVerificationTests.chain(3, tenant: nil)[2]
            },
            Tampering("the head set back", 4, .wrongHead) { entries, head in
                head.number = 3
                head.hash = entries[2].hash
            },
            Tampering("another hash in the head", 5, .wrongHead) { _, head in head.hash?[0] ^= 1 },
            Tampering("the head removed", 5, .headMissing) { _, head in (head.number, head.hash) = (nil, nil) },
            Tampering("a head that says 0", 1, .wrongHead) { _, head in head.number = 0 },
        ]
    }

    @Test("An untouched chain is whole, and so is one that grew since its head was read")
    func whole() {
        let entries = Self.chain(5)
        #expect(Self.fault(entries, head: Self.head(of: entries)) == nil)
        #expect(Self.fault(entries, head: Self.head(of: Array(entries.prefix(3)))) == nil)
    }

    @Test("I38: what was done to a chain shows, with the place", arguments: Tampering.all)
    func tampered(_ tampering: Tampering) {
        var entries = Self.chain(5)
        var head = Self.head(of: entries)
        tampering.change(&entries, &head)
        let expected = AuditBreak(chain: .tenant(Self.marl), number: tampering.number, fault: tampering.fault)
        #expect(Self.fault(entries, head: head) == expected)
    }

    @Test("The bytes that are hashed are netstrings of the export's members")
    func canonicalBytes() {
        let entry = AuditEntry(
            SecurityEvent(.loginFailed, time: Timestamp(seconds: 7), tenant: Self.marl, object: "ä", actor: .person),
            number: 1, previous: nil, administrator: nil, person: nil)
        #expect(
            String(decoding: entry.canonicalBytes, as: UTF8.self)
                == "5:chain,4:marl,3:seq,1:1,4:time,1:7,4:kind,11:auth.failed,7:outcome,7:refusal,5:actor,6:person,6:object,2:ä,"
        )
        #expect(entry.json.names == ["chain", "seq", "time", "kind", "outcome", "actor", "object", "hash"])
        #expect(entry.json["hash"]?.string == Base64URL.encode(Digest.sha256(entry.canonicalBytes)))
    }

    @Test(
        "O2: nothing that breaks or colours a line gets into an event",
        arguments: [
            ("a\r\nb", "a\u{FFFD}\u{FFFD}b"), ("\u{1B}[31mred", "\u{FFFD}[31mred"), ("a\u{202E}b", "a\u{FFFD}b"),
            ("a\u{0}b", "a\u{FFFD}b"), ("a\u{9B}31m", "a\u{FFFD}31m"), ("a\u{2028}b", "a\u{FFFD}b"),
            ("Straße Ǆ", "Straße Ǆ"), (String(repeating: "x", count: 300), String(repeating: "x", count: 128)),
            ("", nil),
        ] as [(String, String?)])
    func harmless(text: String, stored: String?) {
        let event = SecurityEvent(.regionApplied, time: Timestamp(seconds: 7), object: text)
        let entry = AuditEntry(event, number: 1, previous: nil, administrator: nil, person: nil)
        #expect(entry.object == stored)
        #expect(entry.json["object"]?.string == stored)
    }

    @Test("A person has another name in each chain, and no name without the key")
    func pseudonyms() throws {
        let account = try #require(AccountIdentifier(rawValue: "account-of-erika"))
        let other = try #require(AccountIdentifier(rawValue: "account-of-heinz"))
        let (key, fresh) = (AuditKey(), AuditKey())
        let chains: [AuditChain] = [.region, .tenant(Self.marl)]
        let names = [
            AuditPseudonym(of: account, in: chains[0], key: key), AuditPseudonym(of: account, in: chains[1], key: key),
            AuditPseudonym(of: other, in: chains[0], key: key), AuditPseudonym(of: account, in: chains[0], key: fresh),
        ]
        #expect(Set(names).count == 4)
        #expect(AuditPseudonym(of: account, in: chains[0], key: key) == names[0], "always the same")
    }

    @Test(
        "A kind or a family of kinds may be asked for, and nothing else",
        arguments: [
            ("auth", true), ("auth.failed", true), ("auth.replay_rejected", true), ("auth.*", false), ("AUTH", false),
            ("auth.", false), (".failed", false), ("a.b.c", false), ("", false), ("auth' OR 1", false),
        ])
    func filter(kind: String, isOne: Bool) {
        #expect((AuditFilter(kind: kind) != nil) == isOne)
    }
}
