// AccountDirectory
