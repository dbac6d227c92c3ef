"""Tables, progress bars and dates as the command line prints and reads them."""
