"""The numbers that both sides of the wire know: sizes in characters unless a name says otherwise, times in seconds."""

TITLE_MAX = 512  # titles, and texts of checklist items
DESCRIPTION_MAX = 131_072  # descriptions of cards
BOARD_DESCRIPTION_MAX = 8_192  # descriptions of boards
COMMENT_MAX = 65_536  # one comment
USERNAME_MIN, USERNAME_MAX = 2, 32  # usernames
NAME_MAX = 100  # first names, last names and label names
EMAIL_MAX = 254  # e-mail addresses
FILENAME_MAX_BYTES = 200  # the name of an attached file, in UTF-8
PASSWORD_MIN, PASSWORD_MAX = 8, 128  # passwords
TOKEN_NAME_MAX = 100  # names of personal tokens
SECRET_MAX = 200  # random secrets as they are mailed, shown or granted
BOARD_KEY_MIN, BOARD_KEY_MAX = 2, 6  # board keys, the first half of references such as OPS-12
IDEMPOTENCY_KEY_MAX = 64  # the `Idempotency-Key` header
IDEMPOTENCY_KEY_LIFE = 86_400.0  # how long the server knows a key again

BODY_MAX_BYTES = 1_048_576  # a request body
BULK_MAX = 200  # cards in one bulk operation
BULK_CHANGES_MAX = 1_000  # labels and people that one bulk operation adds and removes, counted on each card
IMPORT_MAX_BYTES = 67_108_864  # a file to import
IMPORT_MAX_CARDS = 20_000  # cards in one import, archived ones included
IMPORT_MAX_COLUMNS = 200  # columns in one import
IMPORT_MAX_LABELS = 1_000  # labels in one import

TOKENS_MAX = 100  # personal tokens of one account
TOKEN_BOARDS_MAX = 100  # boards that one personal token names

INVITATIONS_MAX = 100  # open invitations to one board
INVITATIONS_MAILED_MAX = 100  # invitations that one account mails within a day
INVITATION_LIFE_MIN, INVITATION_LIFE_MAX = 3_600, 2_592_000  # how long an invitation may last, in seconds
INVITATION_LIFE_DEFAULT = 604_800  # how long it lasts when nothing is said, in seconds

LIST_DEFAULT = 50  # entries of a list when `limit` is not given
LIST_MAX = 200  # the highest `limit`
CURSOR_MAX = 4_096  # a cursor: a title and a few times fit well

CLAIM_LIFE_MIN, CLAIM_LIFE_MAX = 60, 604_800  # how long a claim of a card may last, in seconds
CLAIM_LIFE_DEFAULT = 3_600  # how long it lasts when nothing is said, in seconds

RULES_MAX = 50  # automation rules of one board
RULE_ACTIONS_MAX = 10  # actions of a rule
RULE_ITEMS_MAX = 50  # items of a checklist that a rule adds
RULE_DEPTH_MAX = 5  # rules that set each other off in a row
RULE_RUNS_MAX = 100  # runs of rules that follow from one change
RULE_RUNS_KEPT = 100  # runs of a rule that its log keeps
RULE_CATCH_UP = 86_400.0  # how late a rule may be set off by a due time, after an outage or for a card that got its date late

QUERY_MAX = 1_000  # a query
QUERY_TERMS_MAX = 50  # terms in a query
QUERY_DEPTH_MAX = 20  # brackets and minuses inside each other in a query
UTC_OFFSET_MAX = 900  # minutes: no zone is or was farther from UTC

HEARTBEAT_INTERVAL = 15.0  # between two pings, unless the server is set otherwise
CLIENT_SILENCE_MAX = 35.0  # without any frame, after which a client reconnects
SERVER_SILENCE_MAX = 45.0  # without any frame, after which the server closes the socket
SOCKET_AUTH_DEADLINE = 10.0  # in which the auth frame must come
SOCKET_FRAME_MAX_BYTES = 65_536  # a frame from a client
SOCKET_BACKLOG_MAX_BYTES = 1_048_576  # what may wait for one client before it is closed as too slow
REPLAY_MAX_EVENTS = 500  # missed events that are replayed; more bring a new snapshot
