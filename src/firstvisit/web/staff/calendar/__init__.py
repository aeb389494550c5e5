"""The calendar: a site, week by week or day by day."""
