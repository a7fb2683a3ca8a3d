"""The English of the reasons why a text is no filter."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

ENTRIES = {
    "filter.mistake": Entry(_("The filter, at character %(number)s: %(problem)s")),
    "filter.masked": Entry(
        _("You see records masked, so a filter can use the fields that are not masked, @size and @decoder."),
        todo=_("Values could be found out by searching for them."),
    ),
    "filter.too_long": Entry(_("A filter has at most %(limit_count)s characters.")),
    "filter.too_many_conditions": Entry(_("A filter has at most %(limit_count)s conditions.")),
    "filter.nested_too_deep": Entry(_("Brackets can be nested %(level_count)s levels deep.")),
    "filter.too_many_names": Entry(_("A field’s path has at most %(limit_count)s names.")),
    "filter.character": Entry(_("The character %(character)s has no meaning here. Put text in quotes.")),
    "filter.text_not_closed": Entry(_("The text has no closing quote.")),
    "filter.name_not_closed": Entry(_("The field’s name has no closing backquote.")),
    "filter.bracket_not_closed": Entry(_("A closing bracket is missing.")),
    "filter.bracket_not_opened": Entry(_("This bracket was never opened.")),
    "filter.and_or_expected": Entry(_("Combine conditions with “and” or “or”.")),
    "filter.condition_expected": Entry(_('A condition is missing, such as reading.celsius > 30 or "door".')),
    "filter.comparison_expected": Entry(
        _('Say what to compare %(field)s with, such as %(field)s = "3.02". To search for it as text, put it in quotes.')
    ),
    "filter.empty_text": Entry(_("Enter the text to search for between the quotes.")),
    "filter.text_as_field": Entry(
        _("Text in quotes is searched for everywhere. Write the field %(text)s without quotes.")
    ),
    "filter.value_as_field": Entry(_("A condition begins with a field, not with the value %(text)s.")),
    "filter.unknown_outside": Entry(_("There is no %(name)s. Besides fields, a filter can use %(known)s.")),
    "filter.name_expected": Entry(_("The name of a field is missing.")),
    "filter.place_expected": Entry(_("Enter a place in the list, counted from 0.")),
    "filter.place_not_closed": Entry(_("The closing bracket ] is missing.")),
    "filter.list_expected": Entry(_('List the values in brackets, such as ("a", "b").')),
    "filter.list_not_closed": Entry(_("Separate values with commas, and close the list with a bracket.")),
    "filter.value_expected": Entry(_("A value is missing: a number, text in quotes, true, false or null.")),
    "filter.quotes_missing": Entry(_('Put text in quotes: "%(text)s".')),
    "filter.text_expected": Entry(_("%(operator)s needs text in quotes.")),
    "filter.no_order": Entry(_("%(operator)s compares numbers or text.")),
    "filter.too_many_in_use": Entry(
        _("%(most)s different filters are in use on the newest records of this stream, which is the maximum."),
        todo=_("Try again later, or search the stream’s history, which has no such limit."),
        cause=Cause.SLUICE,
    ),
    "filter.no_redis": Entry(
        _("Sluice cannot apply filters at the moment."), todo=_("Try again in a minute."), cause=Cause.SLUICE
    ),
    "filter.field_not_seen": Entry(_("No record sampled so far has the field %(field)s.")),
    "filter.field_not_seen_near": Entry(_("No record sampled so far has the field %(field)s. Did you mean %(near)s?")),
    "filter.comma_expected": Entry(_("Separate fields with commas.")),
    "columns.mistake": Entry(_("The columns, at character %(number)s: %(problem)s")),
    "columns.too_many": Entry(_("Choose at most %(limit_count)s columns.")),
    "columns.too_long": Entry(_("The names of columns have at most %(limit_count)s characters.")),
    "filter.too_much_work": Entry(_("The record is too large for this filter, so it was not searched.")),
    "filter.number_too_large": Entry(_("The number has too large an exponent.")),
}
