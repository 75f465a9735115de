import DeviceAuthenticator
import OpenIDMessages

/// Begins logins at a rate, whatever has become of those before (open loop): a provider that falls behind is not spared,
/// and the time that a login waits for its turn counts as its own.
struct FleetLoad {
    /// All of one issuer.
    let phones: [FleetPhone]
    let address: WebAddress
    let plan: LoginJourney.Plan
    let rate: FleetRate
    let count: Int
    let transport: TLSTransport
    let language: String

    func run(_ figures: FleetFigures) async {
        let free = FreePhones(phones)
        let clock = ContinuousClock()
        let start = clock.now
        await withDiscardingTaskGroup { group in
            for login in 0..<count {
                let due = start + rate.delay(of: login)
                // Not later when the sleep before was too long.
                if due > clock.now { try? await clock.sleep(until: due) }
                group.addTask {
                    let phone = await free.take()
                    let began = clock.now
                    figures.began(late: began - due)
                    do {
                        try await logIn(phone)
                        figures.succeeded(sinceDue: clock.now - due, sinceBegin: clock.now - began)
                    } catch {
                        figures.failed(CommandFailure(error).shortName, sinceDue: clock.now - due)
                    }
                    await free.giveBack(phone)
                }
            }
        }
    }

    /// As a browser that nobody knows yet: with cookies of its own.
    private func logIn(_ phone: FleetPhone) async throws {
        var journey = LoginJourney(
            phone: phone.device, issuer: phone.enrolled.issuer,
            browser: BrowserSession(transport: transport, language: language),
            steps: JourneySteps(console: nil, showsTimings: false))
        let end = try await journey.run(from: address, plan: plan)
        if let status = end.page?.status, status >= 400 {
            throw CommandFailure(.browser, developer: "The portal answered \(status).")
        }
    }
}

/// The phones that are in no login. A phone answers one login after the other.
private actor FreePhones {
    private var free: [FleetPhone]
    private var waiting: [CheckedContinuation<FleetPhone, Never>] = []

    init(_ phones: [FleetPhone]) { free = phones.reversed() }

    func take() async -> FleetPhone {
        if let phone = free.popLast() { return phone }
        return await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack(_ phone: FleetPhone) {
        // Behind the others: each phone has its turn, and each login, too.
        if waiting.isEmpty { free.insert(phone, at: 0) } else { waiting.removeFirst().resume(returning: phone) }
    }
}

extension CommandFailure {
    /// The provider's code, or else the name of the exit status.
    var shortName: String { problem?.code ?? status.name }
}
