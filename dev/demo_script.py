"""Who lives in the demo, and what they say. Only `dev/demo.py` reads this."""

from dataclasses import dataclass

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Resident:
    """A person of the demo. The numbers are from the range that North America keeps for fiction."""

    key: str
    name: str
    handle: str
    phone: str
    about: str


@dataclass(frozen=True)
class Line:
    """``minute`` counts from the first day's midnight; the second day begins at 1440. ``answers``: how many lines before."""

    minute: int
    who: str
    says: str
    answers: int = 0


RESIDENTS = (
    Resident("mara", "Mara Lindqvist", "mara", "+12025550101", "Releases on Fridays. Regrets on Saturdays."),
    Resident("jonas", "Jonas Okafor", "jonas", "+12025550102", "Backend, coffee, trains."),
    Resident("aiko", "Aiko Tanaka", "aiko", "+12025550103", "設計 · design systems"),
    Resident("sofia", "Sofía Herrera", "sofia", "+12025550104", "If it is not tested, it does not work."),
    Resident("tom", "Tom Becker", "tom", "+12025550105", "On call this week, be kind."),
    Resident("lena", "Lena Novak", "lena", "+12025550106", "Words and docs."),
)

GROUP = ("mara", "Release train", ("jonas", "aiko", "sofia", "tom", "lena"))

GROUP_LINES = (
    Line(545, "mara", "Good morning, all aboard for 2.4? Freeze is tomorrow at noon."),
    Line(547, "jonas", "Morning! The migration is merged, I am watching it on staging now."),
    Line(548, "tom", "on call and caffeinated ☕"),
    Line(552, "sofia", "Two flaky tests left in checkout. I have a suspect."),
    Line(553, "sofia", "It is the clock. It is always the clock."),
    Line(555, "jonas", "😅"),
    Line(590, "aiko", "New empty states are in. Light and dark, 320 px to huge."),
    Line(
        592,
        "lena",
        "They look lovely. I rewrote the texts:\n- shorter\n- no exclamation marks\n- each says what to do next",
    ),
    Line(596, "aiko", "Yes to all three.", answers=1),
    Line(705, "tom", "Staging p99 went from 180 ms to 95 ms after the migration. Is that real?"),
    Line(709, "jonas", "It is real. One index did it.", answers=1),
    Line(710, "mara", "Jonas, lunch is on me."),
    Line(935, "sofia", "Found it: the test asked for the date twice, around midnight UTC. Fixed, 500 runs green."),
    Line(938, "mara", "👏👏"),
    Line(1062, "lena", "Changelog draft is up. Who wants to read it before I sleep on it?"),
    Line(1065, "tom", "I will, on the train home"),
    Line(1440 + 538, "tom", "Quiet night. Zero pages."),
    Line(1440 + 541, "mara", "That is what I like to read first thing."),
    Line(
        1440 + 566,
        "aiko",
        "The focus ring was invisible in dark mode. Patch is tiny, may it ride along?",
    ),
    Line(1440 + 568, "sofia", "Does it have a test?", answers=1),
    Line(1440 + 569, "aiko", "It has a screenshot test 🙂"),
    Line(1440 + 571, "sofia", "Then I have no objections."),
    Line(1440 + 720, "mara", "Noon. Frozen. Tagging 2.4.0 now."),
    Line(1440 + 731, "jonas", "Rolling out: 10 %"),
    Line(1440 + 746, "jonas", "50 %, error rate flat"),
    Line(1440 + 761, "jonas", "100 %. All green."),
    Line(1440 + 762, "lena", "Changelog is public: https://example.com/changes/2.4.0"),
    Line(1440 + 764, "tom", "Best release so far. The train was on time, for once 🚆"),
)

GROUP_REACTIONS = (
    (12, "mara", "👏"),
    (12, "tom", "👏"),
    (12, "jonas", "🎉"),
    (25, "mara", "🚀"),
    (25, "sofia", "🚀"),
    (25, "aiko", "🎉"),
    (27, "jonas", "😂"),
    (27, "lena", "❤️"),
    (27, "mara", "❤️"),
)
"""Which line of the group's, counted from 0, who, how."""

DIRECT: tuple[tuple[Line, ...], ...] = (
    (
        Line(600, "mara", "Jonas, can you take the rollout tomorrow?"),
        Line(603, "jonas", "Sure. Ten, fifty, hundred, with a quarter of an hour between."),
        Line(604, "mara", "Perfect, thank you."),
        Line(1440 + 770, "mara", "That was smooth. Lunch on Thursday?"),
        Line(1440 + 773, "jonas", "Thursday is good. The ramen place?"),
        Line(1440 + 774, "mara", "The ramen place."),
    ),
    (
        Line(620, "mara", "The empty states are beautiful, Aiko."),
        Line(632, "aiko", "Thank you! The notes-to-self one took the longest."),
        Line(1440 + 575, "aiko", "Could you decide on the accent colour? Teal or indigo?"),
    ),
    (
        Line(1440 + 500, "tom", "Are you awake?"),
        Line(1440 + 512, "mara", "Now I am. What is wrong?"),
        Line(1440 + 513, "tom", "Nothing! I am practising for when something is."),
        Line(1440 + 514, "mara", "Tom."),
    ),
    (
        Line(940, "mara", "500 runs green. How do you do it?"),
        Line(951, "sofia", "Patience, and no sleeps in tests."),
    ),
    (
        Line(1070, "lena", "Do you prefer “sign in” or “log in”?"),
        Line(1078, "mara", "Sign in. Always sign in."),
        Line(1079, "lena", "I hoped you would say that."),
    ),
    (
        Line(712, "jonas", "Staging is yours, I am done there."),
        Line(714, "tom", "Thanks, taking it."),
    ),
    (
        Line(640, "aiko", "Do we say “chat” or “conversation” to people?"),
        Line(655, "lena", "“Chat” on buttons, “conversation” nowhere."),
        Line(656, "aiko", "👍"),
    ),
)

NOTES = (Line(1440 + 480, "mara", "Buy train tickets\nCall the dentist\nWater the office plants"),)
