"""From a query to ranked hits with a calibrated confidence."""
