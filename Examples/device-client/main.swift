// The smallest device client: `device-client FOLDER LINK [CA.pem]`, on standard input the PIN and, for a login, a line with
// `yes`. The first link enrols it, each further one is a login's.

import DeviceAuthenticator
import Foundation
import OpenIDMessages

let arguments = CommandLine.arguments
guard arguments.count >= 3, let pin = readLine().flatMap({ PIN(Array($0.utf8)) }) else {
    print("usage: device-client FOLDER LINK [CA.pem], the PIN on standard input")
    exit(64)
}
let (folder, link, authority) = (arguments[1], arguments[2], arguments.count > 3 ? arguments[3] : nil)

let transport = try TLSTransport(additionalCA: authority)
let profile = SealedFolder(path: folder)
let phone = DeviceAuthenticator(folder: profile, transport: transport)
var status: Int32 = 0
do {
    // Two programs that answer with one counter look like a copied device.
    let use = try profile.use()
    defer { withExtendedLifetime(use) {} }
    if try phone.enrolment() == nil {
        let invitation = try await phone.beginEnrolment(link)
        print("For \(String(reflecting: invitation.maskedName)) at \(invitation.issuer)")
        let device = DeviceDescription(name: "example", model: "device-client", system: "Linux")
        let result = try await phone.complete(invitation, pin: pin, device: device)
        print("Enrolled. On paper, away from this device: block code \(result.blockCode)")
        try phone.blockCodeWasSeen()
    } else {
        if case .awaitingCode(let digits, _) = try await phone.claim(link) { print("Type \(digits) there") }
        let request = try await phone.waitForRequest()
        // Text of others: a terminal must not obey it.
        print(String(reflecting: request.text))
        print("Is this your login, and do you want it? [yes/no]")
        let outcome = readLine() == "yes" ? try await phone.approve(pin: pin) : try await phone.deny()
        print("The login is \(outcome.receipt.state.rawValue).")
        if let url = outcome.returnURL { print("Open in the browser of this device: \(url)") }
    }
} catch {
    print(error)
    status = 1
}
await transport.close()
exit(status)
