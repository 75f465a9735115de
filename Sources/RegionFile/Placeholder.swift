// RegionFile
