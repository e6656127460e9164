"""The country picker's lines, and what counts as a number."""

import pytest

from app.domain.errors import Invalid
from app.services.phone_numbers import countries, to_e164


def test_every_country_has_a_name_of_its_own_and_stands_where_one_looks_for_it() -> None:
    names = {country.region: country.name for country in countries()}
    assert (names["DE"], names["US"], names["AX"]) == ("Germany", "United States", "Åland Islands")
    assert len(set(names.values())) == len(names)
    assert all(name[0].isalpha() for name in names.values())
    listed = [country.name for country in countries()]
    assert listed.index("Åland Islands") < listed.index("Albania") < listed.index("Zimbabwe")


@pytest.mark.parametrize(
    ("number", "region"), [("12", "DE"), ("555-0100", "US"), ("110", "DE"), ("", "DE"), ("abc", "US")]
)
def test_what_cannot_be_reached_from_anywhere_is_no_number(number: str, region: str) -> None:
    with pytest.raises(Invalid):
        to_e164(number, region)


def test_a_number_is_kept_in_one_form() -> None:
    assert to_e164("0170 1234567", "DE") == to_e164("+49 170 1234567", "US") == "+491701234567"
