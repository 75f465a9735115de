import DeviceAuthenticator
import OpenIDMessages

extension ScenarioPlayer {
    /// The phone waits for the request once the digits are typed; it hears at once when the login is over.
    mutating func refreshPhone() async throws {
        guard phoneState == .awaitingCode, case .login(let claimed) = claimed, try await logins[claimed].browser.look(),
            logins[claimed].browser.page.state != LoginState.awaitingCode.rawValue
        else { return }
        do throws(DeviceError) {
            _ = try await phone.waitForRequest(seconds: 30)
            phoneState = .awaitingUser
        } catch {
            if case .loginOver(let state) = error { phoneState = state }
            throw error
        }
    }

    /// What is not as it must be; empty when all is.
    mutating func differences(from expected: Scenario.Expectation) async throws -> [String] {
        var differences: [String] = []
        func compare(_ what: String, _ found: String, _ wanted: String?) {
            if let wanted, found != wanted { differences.append("\(what) is \(found), not \(wanted)") }
        }
        if expected.page != nil {
            // The reader wants a browser before.
            let isThere = try await logins[current].browser.look()
            compare("page", isThere ? logins[current].browser.page.state : Scenario.none, expected.page)
        }
        if expected.phone != nil {
            do { try await refreshPhone() } catch DeviceError.loginOver {}
            compare("phone", phoneState?.rawValue ?? Scenario.none, expected.phone)
        }
        if let notice = expected.notice {
            let latest = try await phone.accountView("/notices")["notices"]?.array?.first?.object
            compare("notice", latest?["kind"]?.string ?? Scenario.none, notice)
        }
        compare("error", refusal?.word ?? Scenario.none, expected.error)
        let browser = logins.isEmpty ? nil : logins[current]
        compare("callback", (browser?.callback ?? .none).word, expected.callback)
        compare("tokens", collected?.word ?? Scenario.none, expected.tokens)
        compare("tries_left", refusal?.triesLeft.map(String.init) ?? Scenario.none, expected.triesLeft.map(String.init))
        compare("status", browser?.status.map(String.init) ?? Scenario.none, expected.status.map(String.init))
        return differences
    }
}
