internal import OpenIDMessages
internal import ProviderCore

/// The parts of the login page.
struct LoginPageParts {
    let view: LoginView
    let notice: LoginNotice?
    let words: LoginPageWords
    let text: LoginStateText

    init(view: LoginView, notice: LoginNotice?) {
        self.view = view
        // A page that is read again still says that digits were wrong: three tries are all (P-4.2.5).
        let earlier = view.codeTriesLeft < 3 ? LoginNotice.wrongCode(triesLeft: view.codeTriesLeft) : nil
        self.notice = notice ?? earlier
        words = .words(in: view.language)
        text = view.state.text(for: view.side, language: view.language)
    }

    var path: String { "/login/" + view.page }

    /// Who asks. `bdi` keeps a name in another script from moving the words around it.
    var requester: HTML {
        """
        <div class="who">
        \(logo)<p class="soft">\(words.asking)</p>
        <p><strong><bdi>\(view.portalName)</bdi></strong> \(badge)<bdi>\(view.tenantName)</bdi></p>
        <p class="host">\(PageSign.globe)<bdi>\(view.portalHost)</bdi></p>
        \(view.state.isTerminal ? nil : hostAdvice)</div>
        """
    }

    /// The town's letters: they only repeat its name.
    private var badge: HTML? {
        view.imprint.initials.map { "<span class=\"badge\" aria-hidden=\"true\">\($0)</span> " }
    }

    /// The town's picture, on a ground that is light in the dark as well: it was drawn for paper.
    private var logo: HTML? {
        view.imprint.logo.map { logo in
            """
            <img class="logo" src="/logos/\(logo.tenant.rawValue)" alt="Logo: \(view.tenantName)" \
            width="\(Int64(logo.width))" height="\(Int64(logo.height))">

            """
        }
    }

    /// The law, the privacy notice, and how the town is reached. The notice opens beside the page: the login goes on here.
    var imprint: HTML? {
        let imprint = view.imprint
        let law: HTML? = imprint.legalBasis.map { "<li>\(words.legalBasis): <bdi>\($0)</bdi></li>\n" }
        let notice: HTML? = imprint.privacy.map {
            """
            <li><a id="privacy-link" href="\($0)" target="_blank" rel="noopener noreferrer">\(words.privacy)</a></li>

            """
        }
        let ways = [
            imprint.office.map { office -> HTML in "<bdi>\(office)</bdi>" },
            imprint.email.map { email -> HTML in "<a href=\"mailto:\(email)\">\(email)</a>" },
            imprint.phone.map { phone -> HTML in
                let number = phone.filter { $0.isASCII && ($0.isNumber || $0 == "+") }
                return "<a href=\"tel:\(number)\">\(phone)</a>"
            },
        ].compactMap(\.self)
        let questions: HTML? =
            ways.isEmpty
            ? nil
            : "<li>\(words.questions) \(ways.dropFirst().reduce(ways[0]) { "\($0), \($1)" })</li>\n"
        guard law != nil || notice != nil || questions != nil else { return nil }
        return "<ul id=\"imprint\" class=\"imprint soft small\">\n\(law)\(notice)\(questions)</ul>\n"
    }

    private var hostAdvice: HTML { "<p class=\"soft small\">\(words.checkHost)</p>\n" }

    /// State `created`: the QR code and the link side by side.
    func ways(qrSVG: HTML?) -> HTML {
        """
        <div class="lead"><h2>\(text.title)</h2><p class="soft">\(text.explanation)</p></div>
        <div class="ways">
        <section class="card here" aria-labelledby="here-title">
        <h3 id="here-title">\(words.thisDevice)</h3>
        <p class="soft">\(words.thisDeviceHint)</p>
        <a id="same-device-link" class="button" href="\(view.sameDeviceLink)">\(words.thisDeviceButton)</a>
        </section>
        \(qrSVG.map(otherDevice) ?? onlyHere)</div>
        """
    }

    private func otherDevice(qrSVG: HTML) -> HTML {
        """
        <section class="card there" aria-labelledby="there-title">
        <h3 id="there-title">\(words.otherDevice)</h3>
        <div class="scan">
        <div id="qr" class="qr">\(qrSVG)</div>
        <ol><li>\(words.steps[0])</li><li>\(words.steps[1])</li><li>\(words.steps[2])</li></ol>
        </div>
        </section>

        """
    }

    /// The portal demands more than digits that somebody could be talked into passing on.
    private var onlyHere: HTML { "<p id=\"only-here\" class=\"note\">\(words.onlyThisDevice)</p>\n" }

    /// State `awaiting_code`: the digits of the phone.
    var codeEntry: HTML {
        """
        <section class="card code" aria-labelledby="code-title">
        <h2 id="code-title">\(text.title)</h2>
        <p>\(text.explanation)</p>
        <p id="code-warning" class="note">\(words.codeWarning)</p>
        \(wrongCode)<form id="code-form" method="post" action="\(path)/code">\
        <input type="hidden" name="csrf" value="\(view.formToken)">
        <label for="code">\(words.codeLabel)</label>
        <input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{8,9}" maxlength="9" required \
        id="code" class="digits" type="text" spellcheck="false" autofocus \
        aria-describedby="\(wrongCode == nil ? nil : "code-error ")code-warning code-hint"\
        \(wrongCode == nil ? nil : " aria-invalid=\"true\"")>
        <p id="code-hint" class="soft small">\(words.codeHint)</p>
        <p id="remember-offer" class="soft" hidden><label for="remember">\
        <input id="remember" type="checkbox" name="remember" value="1" aria-describedby="remember-hint"> \
        \(words.remember)</label> <span id="remember-hint" class="small">\(words.rememberHint)</span></p>
        <button class="button" type="submit">\(words.codeButton)</button></form>
        </section>
        """
    }

    private var wrongCode: HTML? {
        guard case .wrongCode(let triesLeft) = notice else { return nil }
        return "<p id=\"code-error\" class=\"note bad\" role=\"alert\">\(words.wrongCode(triesLeft))</p>\n"
    }

    /// The other states: what happens, and what to do.
    var message: HTML {
        let isOver = view.isCollected
        return """
            <section class="card mood" aria-labelledby="message-title">
            \(sign.html)
            <div class="says">
            <h2 id="message-title">\(isOver ? words.collected.title : text.title)</h2>
            <p>\(isOver ? words.collected.text : text.explanation)</p>
            \((isOver ? nil : text.remedy).map { "<p class=\"soft\">\($0)</p>\n" })\(finish)</div>
            </section>
            """
    }

    private var sign: PageSign {
        guard view.state.isTerminal else { return .phone }
        return view.state == .complete ? .good : .bad
    }

    /// P-4.7.5: the outcome can be taken to the portal once.
    private var finish: HTML? {
        guard view.state.isTerminal, !view.isCollected else { return nil }
        let toPortal = view.state == .complete ? words.goOn : words.goBack
        let label = view.side == .browserForDevice ? words.goOnWithoutPortal : toPortal
        return "<p><a id=\"finish-link\" class=\"button\" href=\"\(path)/finish\">\(label)</a></p>\n"
    }

    /// While the login goes on: what the page waits for, how long, and the way out. The time is no live region: screen
    /// readers would read every second.
    var foot: HTML {
        """
        <div class="foot">
        <p class="soft"><span id="status" role="status" data-page="\(view.page)" data-version="\(Int64(view.version))" \
        data-moving="\(words.moving)"\(nonces)>\(view.state == .awaitingCode ? words.waitingForCode : words.waiting)</span>
        <span class="time">\(words.timeLeft) <span id="time" role="timer" aria-live="off" \
        data-seconds="\(view.secondsLeft)">\(clock)</span> \(words.minutes)</span></p>
        <form id="cancel-form" method="post" action="\(path)/cancel">\
        <input type="hidden" name="csrf" value="\(view.formToken)">\
        <button class="quiet" type="submit">\(words.cancel)</button></form>
        </div>

        """
    }

    /// What the script signs (docs/protocol.md §12).
    private var nonces: HTML {
        let proof: HTML? = view.browserNonce.map { " data-nonce=\"\($0)\"" }
        let remember: HTML? = view.rememberNonce.map { " data-remember=\"\($0)\"" }
        return "\(proof)\(remember)"
    }

    private var clock: String {
        let seconds = view.secondsLeft % 60
        return "\(view.secondsLeft / 60):\(seconds < 10 ? "0" : "")\(seconds)"
    }
}
