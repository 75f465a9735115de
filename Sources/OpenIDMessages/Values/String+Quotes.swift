extension String {
    /// The text in „…“. What others wrote cannot end the quotation and go on in the provider's own words: quotation marks in
    /// it become ’.
    public var inGermanQuotes: String { "„\(withoutQuotationMarks)“" }

    /// The text in “…”, in the same way.
    public var inEnglishQuotes: String { "“\(withoutQuotationMarks)”" }

    /// Every character that Unicode calls a quotation mark (`Quotation_Mark`), the plain ones included.
    private var withoutQuotationMarks: String {
        guard unicodeScalars.contains(where: \.properties.isQuotationMark) else { return self }
        var text = UnicodeScalarView()
        for scalar in unicodeScalars { text.append(scalar.properties.isQuotationMark ? "’" : scalar) }
        return String(text)
    }
}
