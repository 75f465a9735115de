extension ActingObstacle {
    /// A sentence for the person; of a reason that this version does not know, its code.
    public var text: BilingualText {
        let (german, english) = (company.inGermanQuotes, company.inEnglishQuotes)
        return switch reason {
        case "company_not_active":
            BilingualText(
                "\(german) ist nicht aktiv: Zurzeit kann niemand dafür handeln.",
                "\(english) is not active: nobody can act for it now.")
        case "membership_not_active":
            BilingualText(
                "Ihre Mitgliedschaft in \(german) ruht oder ist noch nicht aktiv.",
                "Your membership of \(english) is suspended or not yet active.")
        case "no_mandate":
            BilingualText(
                "Sie haben von \(german) keine Vollmacht dafür.", "You have no mandate of \(english) for it.")
        case "joint_representation":
            BilingualText(
                "Sie vertreten \(german) nur gemeinsam mit anderen: Für sich allein brauchen Sie eine Vollmacht.",
                "You represent \(english) only together with others: alone you need a mandate.")
        case "suspended":
            BilingualText("Ihre Vollmacht von \(german) ruht.", "Your mandate of \(english) is suspended.")
        case "scope_not_covered":
            BilingualText(
                "Ihre Vollmacht von \(german) ist nicht für diesen Dienst.",
                "Your mandate of \(english) is not for this service.")
        case "tenant_not_covered":
            BilingualText(
                "Ihre Vollmacht von \(german) gilt nicht in dieser Kommune.",
                "Your mandate of \(english) does not count in this municipality.")
        case "not_yet_valid":
            BilingualText(
                "Ihre Vollmacht von \(german) gilt noch nicht.", "Your mandate of \(english) is not yet valid.")
        case "expired":
            BilingualText(
                "Ihre Vollmacht von \(german) ist abgelaufen.", "Your mandate of \(english) has expired.")
        case "currency_not_covered":
            BilingualText(
                "Ihre Vollmacht von \(german) hat eine Grenze in einer anderen Währung.",
                "Your mandate of \(english) has a limit in another currency.")
        case "amount_exceeded": exceeded(german, english)
        default: BilingualText("\(german): \(reason).", "\(english): \(reason).")
        }
    }

    private func exceeded(_ german: String, _ english: String) -> BilingualText {
        guard let limit, let price else {
            return BilingualText(
                "Der Dienst kostet mehr, als Ihre Vollmacht von \(german) erlaubt.",
                "The service costs more than your mandate of \(english) allows.")
        }
        return BilingualText(
            "Ihre Vollmacht von \(german) geht bis \(limit.replacing(".", with: ",")); der Dienst kostet "
                + "\(price.replacing(".", with: ",")).",
            "Your mandate of \(english) goes up to \(limit); the service costs \(price).")
    }
}
