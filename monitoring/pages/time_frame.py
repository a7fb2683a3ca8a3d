"""The time that the charts of a page cover: the last three hours, or less for a stream that is younger."""

from datetime import timedelta

from django.utils.translation import gettext

from monitoring.charts.frame import Frame
from monitoring.series import StreamSeries

_PERIODS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3))


def frame_of(series: StreamSeries, longest: timedelta = _PERIODS[-1]) -> Frame:
    """Return the shortest period that holds all points, so that the charts of a new stream are filled too."""
    first = min((points[0][0] for points in series.stream.values() if points), default=series.end)
    period = next((period for period in _PERIODS if series.end - period <= first), _PERIODS[-1])
    return Frame(series.end - min(period, longest), series.end)


def period_label(series: StreamSeries) -> str:
    """Return the length of the period: "30 minutes"."""
    frame = frame_of(series)
    minutes = int((frame.end - frame.start).total_seconds() / 60)
    if minutes < 60:
        return gettext("%(count)d minutes") % {"count": minutes}
    return gettext("1 hour") if minutes == 60 else gettext("%(count)d hours") % {"count": minutes // 60}
