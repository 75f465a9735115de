import OpenIDMessages

/// How a callback ended, as far as a browser can tell.
struct CallbackEnd: Equatable {
    /// Where the browser came to rest, and the answer's status and title.
    var rest: PageSight
    /// Names of the portal's cookies that are new or have another value since the callback.
    var changedCookies: Set<String>
    /// The witness page, asked for afterwards with the same cookies.
    var witness: PageSight
}

/// What is compared of a page. The query is left out: it may differ each time.
struct PageSight: Equatable {
    var location: String
    var status: Int
    var title: String?

    init(_ page: BrowserSession.Page) {
        location = page.address.origin + page.address.path
        status = page.status
        title = LoginPage.title(html: page.html)
    }
}

/// Tells from outside whether a callback signed somebody in.
///
/// First by the witness page, if a browser that is signed in and one that is not get different answers there: another
/// status or address, else another title. Where they do not differ, by the callback itself: it came to rest at the same
/// address with the same status and set all the cookies that the genuine one set.
struct SignedInJudge {
    let genuine: CallbackEnd
    /// The witness page for a browser without cookies.
    let stranger: PageSight

    /// What the witness page can tell apart.
    private enum Telling { case answer, title, nothing }

    private var telling: Telling {
        let (mine, others) = (genuine.witness, stranger)
        if (mine.location, mine.status) != (others.location, others.status) { return .answer }
        return mine.title != others.title ? .title : .nothing
    }

    /// True when the witness page shows who is signed in: the only sure sign after the login.
    var hasWitness: Bool { telling != .nothing }

    /// False when nothing that this browser sees tells a login from none.
    var canTell: Bool { hasWitness || !genuine.changedCookies.isEmpty }

    func isSignedIn(_ witness: PageSight) -> Bool {
        switch telling {
        case .answer: (witness.location, witness.status) == (genuine.witness.location, genuine.witness.status)
        case .title: witness == genuine.witness
        case .nothing: false
        }
    }

    func isSignedIn(_ end: CallbackEnd) -> Bool {
        if hasWitness { return isSignedIn(end.witness) }
        return canTell && (end.rest.location, end.rest.status) == (genuine.rest.location, genuine.rest.status)
            && genuine.changedCookies.isSubset(of: end.changedCookies)
    }
}
