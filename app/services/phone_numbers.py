"""Telephone numbers: the countries there are, and the one form in which a number is kept."""

import unicodedata
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from phonenumbers import PhoneNumberType

from app.domain.errors import Invalid
from app.domain.regions import REGION_NAMES
from app.languages import ENGLISH

# Numbers that cost whoever sends to them, or are nobody's own: the target of SMS pumping.
REFUSED_TYPES = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.PAGER,
    }
)
NOT_A_NUMBER = "That is not a phone number. Choose your country and write the rest of the number."


@dataclass(frozen=True, slots=True)
class Country:
    """A line of the country picker: ISO 3166 region, dialling ``code`` without ``+``, name."""

    region: str
    code: int
    name: str

    @property
    def leads(self) -> bool:
        """Whether it is the chief one of those that share its code, such as Great Britain with 44."""
        return bool(phonenumbers.region_code_for_country_code(self.code) == self.region)

    @property
    def flag(self) -> str:
        """The region's flag as an emoji."""
        return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in self.region)


@cache
def countries(language: str = ENGLISH) -> tuple[Country, ...]:
    """Every country that has telephone numbers, by its name in the language."""
    known = {} if language == ENGLISH else Locale.parse(language).territories
    listed = (
        Country(region, phonenumbers.country_code_for_region(region), known.get(region, name))
        for region, name in REGION_NAMES.items()
    )
    return tuple(sorted(listed, key=lambda country: _plain(country.name)))


def _plain(name: str) -> str:
    """The name without accents: Åland stands under A."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()


def to_e164(number: str, region: str | None) -> str:
    """``number`` as dialled in ``region`` (or with ``+`` and its country code), in E.164 form. Raises Invalid."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        raise Invalid(NOT_A_NUMBER, fields={"number": NOT_A_NUMBER}) from None
    # Not is_possible_number: that lets through what can be dialled within one town only, such as +49 12.
    whole = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not whole or phonenumbers.number_type(parsed) in REFUSED_TYPES:
        raise Invalid(NOT_A_NUMBER, fields={"number": NOT_A_NUMBER})
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def readable(e164: str) -> str:
    """A number in E.164 form as people write it, with its country code."""
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
