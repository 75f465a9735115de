/// A large value that is handed on more often than it is changed: a copy counts one reference instead of one for each of
/// its texts and lists.
@propertyWrapper
public struct Shared<Value: Sendable>: Sendable {
    @usableFromInline
    final class Box: Sendable {
        @usableFromInline let value: Value
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline var box: Box

    public init(wrappedValue: Value) { box = Box(wrappedValue) }

    /// Inlined also into other modules: who reads one member there copies that member alone.
    @inlinable
    public var wrappedValue: Value {
        get { box.value }
        set { self = Shared(wrappedValue: newValue) }
    }
}

extension Shared: Equatable where Value: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        left.box === right.box || left.box.value == right.box.value
    }
}
