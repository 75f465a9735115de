import AccountDirectory
import Testing

@Suite("Lives of companies, memberships and invitations: every state with every event")
struct CompanyStateTests {
    @Test("a company's account")
    func company() {
        LifeTable.expect(
            CompanyState.self,
            [
                "draft submit verifying", "draft abandon closed", "verifying verify active",
                "verifying abandon closed", "active freeze frozen", "active close closing", "frozen freeze frozen",
                "frozen cure active", "frozen close closing", "closing complete closed",
            ], final: [.closed])
    }

    @Test("an invitation is used once")
    func invitation() {
        LifeTable.expect(
            InvitationState.self,
            [
                "created send sent", "created withdraw withdrawn", "created expire expired", "sent open opened",
                "sent decline declined", "sent withdraw withdrawn", "sent expire expired", "opened accept accepted",
                "opened decline declined", "opened withdraw withdrawn", "opened expire expired",
            ], final: [.accepted, .declined, .withdrawn, .expired])
    }

    @Test("a membership that ended stays ended")
    func membership() {
        LifeTable.expect(
            MembershipState.self,
            ["active suspend suspended", "active end ended", "suspended resume active", "suspended end ended"],
            final: [.ended])
    }

    @Test("a register's power is signed once")
    func power() {
        LifeTable.expect(
            RegisterPowerState.self,
            ["recorded sign signed", "recorded supersede superseded", "signed supersede superseded"],
            final: [.superseded])
    }

    @Test("an establishment closes for good")
    func establishment() {
        LifeTable.expect(EstablishmentState.self, ["active close closed"], final: [.closed])
    }
}
