/// What claims are called in plain words: one table for the phone, the provider's pages and the portals.
public enum ClaimTitle {
    /// Nil for a claim that has no words here: it is shown by its own name, so that nothing is left out.
    public static func of(_ claim: String) -> BilingualText? {
        switch claim {
        case "name": BilingualText("Name", "Name")
        case "given_name": BilingualText("Vorname", "Given name")
        case "family_name": BilingualText("Familienname", "Family name")
        case "birth_family_name": BilingualText("Geburtsname", "Name at birth")
        case "title": BilingualText("Titel", "Title")
        case "birthdate": BilingualText("Geburtsdatum", "Date of birth")
        case "place_of_birth": BilingualText("Geburtsort", "Place of birth")
        case "nationalities": BilingualText("Staatsangehörigkeit", "Nationality")
        case "gender": BilingualText("Geschlecht", "Gender")
        case "address": BilingualText("Anschrift", "Address")
        case "email": BilingualText("E-Mail", "E-mail")
        case "email_verified": BilingualText("E-Mail bestätigt", "E-mail verified")
        case "phone_number": BilingualText("Telefon", "Telephone")
        case "phone_number_verified": BilingualText("Telefon bestätigt", "Telephone verified")
        case "locale": BilingualText("Sprache", "Language")
        case "mailbox": BilingualText("Postfach", "Mailbox")
        case "resident_here":
            BilingualText("Wohnsitz in dieser Stadt (ja oder nein)", "Residence in this town (yes or no)")
        case "organization": BilingualText("Unternehmen", "Company")
        case "organization_identifiers": BilingualText("Kennungen des Unternehmens", "Identifiers of the company")
        case "organization_address": BilingualText("Anschrift des Unternehmens", "Address of the company")
        case "mandate": BilingualText("Vollmacht", "Mandate")
        default: age(claim)
        }
    }

    /// The words for a claim, or its own name where it has none. That name is somebody else's text.
    public static func words(_ claim: String, _ language: Language) -> String { of(claim)?.text(language) ?? claim }

    /// `age_over_18`: the answer is yes or no, and never the age.
    private static func age(_ claim: String) -> BilingualText? {
        let prefix = "age_over_"
        guard claim.hasPrefix(prefix), let years = Int(claim.dropFirst(prefix.count)), (1...150).contains(years),
            claim == prefix + String(years)
        else { return nil }
        return BilingualText(
            "Mindestens \(years) Jahre alt (ja oder nein)", "At least \(years) years old (yes or no)")
    }
}
