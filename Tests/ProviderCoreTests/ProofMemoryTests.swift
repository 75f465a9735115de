import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// RFC 9449 §4.3 check 12 and §11.1, in bounded memory.
@Suite("Memory of DPoP proofs")
struct ProofMemoryTests {
    private let clock = SettableClock()
    private let key = SigningKey.makeES256()

    private func proofs(_ capacity: Int) -> ProofOfPossession {
        ProofOfPossession(issuer: TestRegion.issuer, clock: clock.asProviderClock, capacity: capacity)
    }

    private func proof(_ nonce: String, iat seconds: Int64 = 0) throws -> PresentedProof {
        PresentedProof(
            text: try VerifiedDPoPProof.make(
                key: key, method: "POST", url: TestRegion.issuer.appending("/token"), now: clock.now + seconds,
                nonce: nonce), method: "POST", path: "/token")
    }

    /// How a proof is refused; nil when it counts.
    private func fault(_ proofs: ProofOfPossession, _ proof: PresentedProof) -> ProofOfPossession.Fault? {
        do {
            _ = try proofs.verify(proof)
            return nil
        } catch { return error }
    }

    @Test("a proof is remembered for as long as its times let it come again, also from a clock that is ahead")
    func replay() throws {
        let proofs = proofs(10)
        let early = try proof(proofs.nonce(), iat: VerifiedDPoPProof.timeWindow)
        #expect(fault(proofs, early) == nil)
        for _ in 0..<2 {
            #expect(fault(proofs, early) == .replayed)
            clock.advance(VerifiedDPoPProof.timeWindow)
        }
        #expect(fault(proofs, early) == .replayed)
        clock.advance(1)
        #expect(fault(proofs, early) == .malformed)
    }

    @Test("a full memory is begun anew with new nonces: nobody is shut out, and nothing comes twice")
    func full() throws {
        let proofs = proofs(3)
        let old = proofs.nonce()
        let used = try (0..<3).map { _ in try proof(old) }
        for proof in used { #expect(fault(proofs, proof) == nil) }
        let late = try proof(old)
        // The copy was examined while the old nonce counted: it meets what was remembered then.
        let copy = try proofs.examine(used[0])
        #expect(fault(proofs, late) == .nonceNeeded)
        #expect(proofs.nonce() != old)
        let outcome: ProofOfPossession.Fault?
        do {
            _ = try proofs.use(copy)
            outcome = nil
        } catch { outcome = error }
        #expect(outcome == .replayed)
        for proof in used + [late] {
            #expect(fault(proofs, proof) == .nonceNeeded)
        }
        let fresh = try proof(proofs.nonce())
        #expect(fault(proofs, fresh) == nil)
        #expect(fault(proofs, fresh) == .replayed)
        // One more that comes late to the old memory, which is still full, ends no other.
        let nonce = proofs.nonce()
        #expect(fault(proofs, late) == .nonceNeeded)
        #expect(try fault(proofs, proof(nonce)) == nil)
    }

    @Test("an examined proof that is not used takes no room")
    func examined() throws {
        let proofs = proofs(1)
        let nonce = proofs.nonce()
        for _ in 0..<5 { _ = try proofs.examine(proof(nonce)) }
        #expect(try fault(proofs, proof(nonce)) == nil)
    }
}
