import Foundation
import Testing

@testable import citizen_phone

@Suite("The phone reads QR codes from a PNG picture", .inTurn, .endsInTime) struct QRPictureTests {
    @Test("black on nothing is read as black on white") func transparent() throws {
        #expect(try read(Picture.transparent) == ["https://login.example/app/s/A.B"])
    }

    @Test("every code in the picture is found") func two() throws {
        #expect(Set(try read(Picture.firstAndSecond)) == ["first", "second"])
    }

    @Test("a file that is not there is not found") func missing() {
        #expect(throws: QRPictureError.notFound(file: "/nowhere/code.png")) {
            try QRPicture.read(pngFile: "/nowhere/code.png")
        }
    }

    @Test("half a picture and no picture are no pictures") func notAPicture() throws {
        let whole = try #require(Data(base64Encoded: Picture.transparent))
        for data in [Data(), Data("hello".utf8), whole.prefix(whole.count / 2)] {
            #expect(throws: QRPictureError.notAPicture) { try read(data) }
        }
    }

    /// Neither file holds what its header claims; the larger claim must be refused before memory is asked for.
    @Test("64 megapixels are looked at, one row more is not") func claims() {
        #expect(throws: QRPictureError.notAPicture) { try read(Picture.claims8192x8192) }
        #expect(throws: QRPictureError.tooLarge) { try read(Picture.claims8192x8193) }
    }

    private func read(_ base64: String) throws -> [String] { try read(try #require(Data(base64Encoded: base64))) }

    private func read(_ data: Data) throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "QRPictureTests-\(UUID().uuidString).png")
        defer { try? FileManager.default.removeItem(at: file) }
        try data.write(to: file)
        return try QRPicture.read(pngFile: file.path)
    }
}

/// PNG files, drawn with libqrencode and libpng.
private enum Picture {
    static let transparent = """
        iVBORw0KGgoAAAANSUhEUgAAAEoAAABKCAQAAAC22Qr6AAAAAXNSR0IArs4c6QAAAbNJREFUaIHtmMFuAzEIREnV///l9BJLCM8MWDkUVp6T\
        48Uo+xZjsNnV1dVVb722mXdi/Q5jP4dsqn6dfoTpv+kXzu78+Jui+UVrkTz0O4iU2R4n6DmKpziOtDK/No4UkycQf3t6keKBHkIKvf2XZKKG\
        kSI7Y4sZtcsQPebXaRApFRtoh3kiKr6KMdeSVOELA0UaMb7M9jx2oJak9piKOypTjCc2H3epOANbkuJfnFWPqrKM3lSciZhrSUqffSx7Vwix\
        9c+pp9YbsS5F1UuImlpP1gwhFaXOMd+1LFu05rBSaEmqlqdUfsrWxrnCvxhEip1/qDJgY1Y5oDNwAim9+1SVyXZfzPyKFlFLUvx+qlpTnVAQ\
        ceQ1iFS2Y5S9nzutyT4aRApZVWJNZX9GfEqeqt8Oq5yT0cnsggaSUrd2qpL060/y3EctSe1nH/rOqi6qdtHRflpGx90MU9btso4YPRMaQsoM\
        vxHrSFiMRR8vMCb0BpEy0z1/oSaivtbv1YUDDSOllN3QVc+5Z8QUk+rbsluYSm6zpqTyGr0yrz1y+0kdcr3yXNbV/HRK0Kklqaurq6vu+gNT\
        2bOFWf8BRgAAAABJRU5ErkJggg==
        """
    static let firstAndSecond = """
        iVBORw0KGgoAAAANSUhEUgAAAHQAAAA6CAQAAADLwbWwAAAAAXNSR0IArs4c6QAAAbhJREFUaIHtWdtuxSAMC9P+/5e7p0nIJ3YC7dnRSPzS\
        igIGXGIu47qsBL4+3YC/Qnf0NHRHT0N39DR8Y8IQmdFyx5S+Um6HczjvK5x1FTXzFRjT8zJ/VFW5CBEny5vlrK2oGVfqIs+oXAaKc4jvGc5W\
        VOGOak9gh7MVZUA1Z397F9BDdzhbUTZid1dBCllOzJfhrK2oUkytM7OroDucGBeynGUUHTungGrt+U7cifBlFHX3o958wNFkHurtGyNkOFW9\
        Gc4yir7MURbRIi9TkTCrKvJ4f030p81lZ5RRVPqot75kI7zqawxDvKu9b8RbRlHqo958ZKqaSDMnnTZGcHmK4XxWbSmjKPVRnJ9mOX9dVXEu\
        g+WVn2K7ItRVNLvXU+quRl7F8QtUD3miVVhdRaPTAzZqT53nZjiVd7O66ipqlrvPwHuRORKyU3yFiNOrt6Oug+W7F29norwWyysozsi7I45W\
        lEGdNrD8d4HeyTxb/UGtKMPKfvSpuxlWB4vKvXvxEK0/mZKr0TDLqXY4XrsQtRXN3IOoM1YT31W90TeMtizKlp6jW3cv/xFlFO2Onobu6Gno\
        jp6GH/LwtoVJepZ9AAAAAElFTkSuQmCC
        """
    static let claims8192x8192 = """
        iVBORw0KGgoAAAANSUhEUgAAIAAAACAACAAAAABXwZWFAAAACUlEQVR4nGMAAAABAAFe/335AAAAAElFTkSuQmCC
        """
    static let claims8192x8193 = """
        iVBORw0KGgoAAAANSUhEUgAAIAAAACABCAAAAACcnUYgAAAACUlEQVR4nGMAAAABAAFe/335AAAAAElFTkSuQmCC
        """
}
