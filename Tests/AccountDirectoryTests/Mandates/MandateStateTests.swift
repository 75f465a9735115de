import AccountDirectory
import Testing

@Suite("Mandates: the life of one")
struct MandateStateTests {
    @Test("every state and every event: allowed as written down here, or refused; what is over stays so")
    func everyStep() {
        LifeTable.expect(
            MandateState.self,
            [
                "draft cosign awaiting_cosign", "draft activate active", "draft revoke revoked", "draft expire expired",
                "awaiting_cosign cosign awaiting_cosign", "awaiting_cosign activate active",
                "awaiting_cosign revoke revoked", "awaiting_cosign expire expired", "active suspend suspended",
                "active revoke revoked", "active expire expired", "active supersede superseded",
                "suspended resume active", "suspended revoke revoked", "suspended expire expired",
                "suspended supersede superseded",
            ], final: [.revoked, .expired, .superseded])
    }
}
