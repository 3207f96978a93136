"""How much of anything is read. Looked up where it is needed, so that a test can make it small."""

MEGABYTE = 1024**2

CELL_LIMIT = 4 * MEGABYTE  # characters of a row; shorter ones the task refuses with a better word
SAMPLE = 256 * 1024  # bytes that are looked at to tell what a file is
ROWS_LOOKED_AT = 100
COLUMNS = 2000
NAME = 200  # characters of a column's name
NESTED_COLUMNS = 500
DEPTH = 5  # of nested keys that are offered as columns

INFLATED = 2048 * MEGABYTE  # what a packed file may hold, all its members together
RATIO = 200  # times its packed size; text seldom packs to a fiftieth
HARMLESS = 64 * MEGABYTE  # up to here nobody asks for the ratio
MEMBERS = 1000
DIRECTORY = 4 * MEGABYTE  # of an archive
STRINGS = 128 * MEGABYTE  # of a spreadsheet's texts: they are held in memory
ROW_GROUP = 1024 * MEGABYTE  # of a Parquet file
BATCH = 8 * MEGABYTE  # of columnar data that is turned into rows at once
CHILD_BYTES = 6144 * MEGABYTE  # of addresses of the process that reads columnar data
CHILD_SECONDS = 1800  # of computing of the same
